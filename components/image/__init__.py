"""One finished image, wherever it comes from: shown, looked at closely, taken along."""
