"""Records to pictures: pure functions from what the store says to escaped HTML and SVG.

In: plain records and the visitor's `Words`. Out: `Markup`, in which every value went through `html.escape`.
Nothing here reads a store, a clock or a file, and nothing here is a plot component.
"""
