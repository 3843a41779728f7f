"""A person's own tables: a file, a recipe that says how to read it, and the data set they make.

`text` makes text of a file's bytes, `table` cells of the text, `build` a `Dataset` of the cells;
`proposal` looks at a file and proposes the recipe. Nothing in a file is ever executed.
"""
