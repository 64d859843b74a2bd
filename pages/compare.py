"""Compare one prompt across models, qualities and whatever else can be varied."""

from components.compare_axes import endpoint
from components.compare_judged import judged
from components.compare_open import opened
from components.compare_plan import compare_plan
from components.compare_run import compare_run
from components.compare_saved import compare_saved
from components.compare_view import compare_view
from components.compare_vote import vote_by_link
from components.compare_zoom import compare_zoom
from components.navigation import require_app
from components.prompt_box import prompt_box
from components.request_form import request_form

require_app()

if not vote_by_link():
    own = opened()
    compare_saved(own)
    request_form(endpoint(), without=("n",))
    if not judged(own):
        prompt_box()
        plan = compare_plan(own)
        compare_run(plan)
        compare_view(plan)
        compare_zoom(plan)
