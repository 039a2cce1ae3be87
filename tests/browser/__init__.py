"""Journeys through the pages in a real browser; a package so that fixtures can live as long as its tests run."""
