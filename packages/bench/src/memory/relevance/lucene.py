"""Ranks texts as Lucene does: a question on stdin, the places of the best documents for each query on stdout."""

import json
import sys

import bm25s

asked = json.load(sys.stdin)


def words(texts):
    if asked["words"] == "given":
        return texts
    options = {"show_progress": False, "return_ids": False}
    if asked["words"] == "plain":
        return bm25s.tokenize(texts, stopwords=[], **options)
    import Stemmer

    return bm25s.tokenize(texts, stopwords="en", stemmer=Stemmer.Stemmer("porter"), **options)


index = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
index.index(words(asked["documents"]), show_progress=False)
found, scores = index.retrieve(words(asked["queries"]), k=asked["topK"], show_progress=False)
json.dump([[int(n) for n, score in zip(*each) if score > 0] for each in zip(found, scores)], sys.stdout)
