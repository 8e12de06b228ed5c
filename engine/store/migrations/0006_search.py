"""The words by which cases are found, and an index over them in each database's own way."""

from typing import Any

from peewee import BigAutoField, Model, PostgresqlDatabase, TextField

from engine.store.search import words

PAGE = 500


def up(migrator: Any, db: Any) -> None:
    class Search(Model):
        id = BigAutoField()
        instance = TextField(unique=True)
        words = TextField()

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "search"

    db.create_tables([Search])
    if isinstance(db, PostgresqlDatabase):
        db.execute_sql("CREATE INDEX search_words ON search USING gin (array_to_tsvector(string_to_array(words, ' ')))")
    else:
        index_with_fts(db)
    columns = "reference, external_id, subject, customer_name, customer_email"
    last = ""
    while True:
        page = db.execute_sql(
            f"SELECT id, {columns} FROM instance WHERE id > {db.param} ORDER BY id LIMIT {PAGE}", (last,)
        ).fetchall()
        if not page:
            return
        Search.insert_many([(row[0], words(*row[1:])) for row in page], [Search.instance, Search.words]).execute()
        last = page[-1][0]


def index_with_fts(db: Any) -> None:
    """A full-text index that follows the table by itself."""
    db.execute_sql(
        "CREATE VIRTUAL TABLE search_index USING fts5(words, content='search', content_rowid='id', "
        "tokenize='unicode61 remove_diacritics 0')"
    )
    gone = "INSERT INTO search_index (search_index, rowid, words) VALUES ('delete', old.id, old.words);"
    new = "INSERT INTO search_index (rowid, words) VALUES (new.id, new.words);"
    for change, does in (("INSERT", new), ("DELETE", gone), ("UPDATE", f"{gone} {new}")):
        db.execute_sql(f"CREATE TRIGGER search_{change.lower()} AFTER {change} ON search BEGIN {does} END")
