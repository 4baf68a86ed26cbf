"""Server-rendered pages: sign-in, guest notice, printed log, alarms as text. Plain templates, one stylesheet, no script."""
