"""The file of a record, changed behind the store's back."""

from pathlib import Path

from sqlalchemy import text

from openline.record.store import disk


def raw(path: Path, statement: str, **values: object) -> None:
    """Change the file behind the store's back."""
    engine = disk.writing_engine(path)
    with engine.begin() as connection:
        connection.execute(text(statement), values)
    engine.dispose()
