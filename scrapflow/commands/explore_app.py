"""The page of ``scrapflow explore``: a marimo app of one cell, the widget alone."""

import marimo

app = marimo.App(width="full", app_title="scrapflow")


@app.cell
def show() -> None:
    """Show the widget that the command prepared."""
    import marimo as mo

    from scrapflow.commands.explore_map import widget

    mo.ui.anywidget(widget())
