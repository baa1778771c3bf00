//! Words, signs and functions of other languages, and what stands for them here.

/// Words and names of modules.
const WORDS: &[(&str, &str)] = &[
    ("None", "()"),
    ("nil", "()"),
    ("null", "()"),
    ("undefined", "()"),
    ("NULL", "()"),
    ("NA", "data::missing()"),
    ("NaN", "data::missing()"),
    ("nan", "data::missing()"),
    ("Inf", "1.0 / 0"),
    ("inf", "1.0 / 0"),
    ("True", "true"),
    ("False", "false"),
    ("TRUE", "true"),
    ("FALSE", "false"),
    ("and", "&&"),
    ("or", "||"),
    ("not", "!"),
    ("is", "=="),
    ("elif", "else if"),
    ("elseif", "else if"),
    ("endif", "}"),
    ("end", "}"),
    ("begin", "{"),
    ("then", "{ ... }"),
    ("def", "fn name(x) { ... }"),
    ("func", "fn name(x) { ... }"),
    ("function", "fn name(x) { ... }"),
    ("lambda", "|x| ..."),
    (
        "class",
        "a map #{ ... }, which may hold values and closures",
    ),
    ("struct", "a map #{ ... }"),
    ("var", "let"),
    ("int", "let"),
    ("float", "let"),
    ("double", "let"),
    ("auto", "let"),
    ("pass", "{}"),
    ("except", "catch (e) { ... }"),
    ("raise", "fail(\"what went wrong\")"),
    ("del", "map.remove(\"key\"), array.remove(0)"),
    ("pi", "PI()"),
    ("math", "sqrt(2), PI(): mathematics needs no module"),
    ("np", "field([1, 2, 3])"),
    ("numpy", "field([1, 2, 3])"),
    (
        "xr",
        "open_netcdf(\"file.nc\"), read_netcdf(\"file.nc\", \"variable\")",
    ),
    ("pd", "read_csv(\"file.csv\")"),
    (
        "plt",
        "plot::lines(#{ ... }), plot::map(field, #{ ... }); plot:: and Tab lists them",
    ),
    (
        "os",
        "output(\"name\") for a path in the output folder, setting(\"name\", default) for what is given from outside",
    ),
    (
        "sys",
        "setting(\"name\", default), which --set name=... gives",
    ),
];

/// Signs, longest first.
const SIGNS: &[(&str, &str)] = &[
    (
        "%>%",
        "x.name(...): a function is called on a value with a dot",
    ),
    (
        "|>",
        "x.name(...): a function is called on a value with a dot",
    ),
    ("%in%", "x in array"),
    ("<-", "let x = ..."),
    ("->", ".name for a key or property"),
    ("~=", "!="),
    ("<>", "!="),
    (".*", "*, which is element by element on fields"),
    (".^", "**, which is element by element on fields"),
    ("./", "/, which is element by element on fields"),
    (".\"", "+ to join texts, or `one ${x}`"),
    ("$", ".name for a key, a column or a property"),
    ("@", "x.name(...) for what a value can do"),
    ("~", "!="),
];

/// Functions.
const FUNCTIONS: &[(&str, &str)] = &[
    ("str", "to_string(x), or `a text with ${x}`"),
    ("string", "to_string(x), or `a text with ${x}`"),
    ("float", "number(x)"),
    ("as_numeric", "number(x)"),
    ("int", "to_int(x)"),
    ("length", "len(x)"),
    ("size", "len(x) of an array, x.shape of a field"),
    ("numel", "len(x)"),
    ("nrow", "table.rows"),
    (
        "isinstance",
        "type_of(x) == \"i64\", \"f64\", \"string\", \"array\" or \"map\"",
    ),
    ("typeof", "kind(x)"),
    ("type", "kind(x)"),
    ("c", "[1, 2, 3]"),
    ("list", "[1, 2, 3]"),
    ("array", "field([1, 2, 3])"),
    ("dict", "#{ key: value }"),
    ("library", "nothing to load: every module is in sight"),
    ("require", "nothing to load: every module is in sight"),
    ("source", "import \"file\" as name"),
    (
        "open_dataset",
        "open_netcdf(\"file.nc\"), read_netcdf(\"file.nc\", \"variable\")",
    ),
    ("ncread", "read_netcdf(\"file.nc\", \"variable\")"),
    ("nc_open", "open_netcdf(\"file.nc\")"),
    ("Dataset", "open_netcdf(\"file.nc\")"),
    ("to_netcdf", "write_netcdf(\"file.nc\", \"title\", [field])"),
    ("paste", "`a ${x}`"),
    ("paste0", "`a${x}`"),
    ("sprintf", "`${decimals(x, 2)} ppm`"),
    ("printf", "print(`x is ${x}`)"),
    ("println", "print(`x is ${x}`)"),
    ("disp", "print(x)"),
    ("cat", "print(`x is ${x}`)"),
    ("arange", "range(0, 10)"),
    ("linspace", "range(0.0, 1.0, 0.1)"),
    ("seq", "range(0, 10)"),
    ("enumerate", "for (x, k) in array { ... }"),
    ("zip", "for (x, k) in a { ... b[k] ... }"),
    ("sapply", "array.map(|x| ...)"),
    ("lapply", "array.map(|x| ...)"),
    ("any", "array.some(|x| ...)"),
    ("std", "sd(x)"),
    ("var", "sd(x) ** 2"),
    ("average", "mean(x)"),
    ("nanmean", "mean(x), which leaves missing values out"),
    ("isnan", "x.is_nan()"),
    ("isnull", "x.is_nan()"),
    ("plot", "plot::lines(#{ ... }), plot::map(field, #{ ... })"),
    ("imshow", "plot::map(field, #{ ... })"),
    ("contourf", "plot::map(field, #{ ... })"),
    (
        "input",
        "setting(\"name\", default), which --set name=... gives",
    ),
];

/// What a word of another language is here.
pub(super) fn word(word: &str) -> Option<&'static str> {
    WORDS
        .iter()
        .find(|(w, _)| *w == word)
        .map(|(_, meant)| *meant)
}

/// The sign of another language a text begins with, and what it is here.
pub(super) fn sign(text: &str) -> Option<(&'static str, &'static str)> {
    SIGNS
        .iter()
        .find(|(sign, _)| text.starts_with(sign))
        .copied()
}

/// What a function of another language is here.
pub(super) fn function(name: &str) -> Option<&'static str> {
    FUNCTIONS
        .iter()
        .find(|(f, _)| *f == name)
        .map(|(_, meant)| *meant)
}
