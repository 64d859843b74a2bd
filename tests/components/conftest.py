"""Components by AppTest."""

from tests import manifests

once_a_process = manifests.manifests  # a fixture that each of these tests uses
