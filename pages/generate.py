"""Generate images from a prompt."""

from components.form.request_form import request_form
from components.frame.navigation import page_title, require_app
from components.run.bench import bench
from components.run.share import open_link

require_app()

page_title("Generate")
open_link()
bench(request_form(relevant=True))
