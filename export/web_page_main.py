"""Writes the page with its models, as static files; `make web` calls it.

python -m export.web_page_main --page=export/web/build/page --output=build/web --workdir=pretrained:quickdraw_five
"""

from absl import flags

from sketch_rnn_tf import cli

_PAGE = flags.DEFINE_string("page", None, "folder with what `npm run build` made")
_OUTPUT = flags.DEFINE_string("output", None, "folder to write; what is there of an earlier page is replaced")
_WORKDIRS = flags.DEFINE_multi_string(
    "workdir", [], "a run, or pretrained:NAME; repeatable, the first one is loaded at once"
)


def main(_) -> None:
    for name, value in (("page", _PAGE.value), ("output", _OUTPUT.value)):
        if not value:
            raise ValueError(f"no --{name} was given; name a folder")
    from export.web_page import names_of, write_page
    from sketch_rnn_tf.sketch_model import load_model

    models = {name: load_model(workdir) for name, workdir in names_of(_WORKDIRS.value).items()}
    print(write_page(_PAGE.value, _OUTPUT.value, models))


if __name__ == "__main__":
    cli.run(main)
