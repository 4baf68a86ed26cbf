"""docs/messages.md says what the templates say."""

from scripts.messages import PAGE, page


def test_the_page_of_messages_is_made_of_the_templates_that_ship():
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python scripts/messages.py`"
