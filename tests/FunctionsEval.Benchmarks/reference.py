"""Scores a file of answers by a reference tool; `throughput --reference DIR` starts it.

usage: reference.py TASK FILE DIR

FILE has a line of JSON a sample: [answer, reference]. Each line of standard input names samples, "FIRST END"; the answer is a line of
JSON: the seconds that their scores took, and the scores. A scored sample is not scored again, so that no cache of a tool knows it.
"""

import json
import os
import sys
import time
import types


def find(directory, *names):
    """Puts the folder that holds one of the packages on the path; says which package it is."""
    folders = [directory] + sorted(entry.path for entry in os.scandir(directory) if entry.is_dir())
    for name in names:
        for folder in folders:
            if os.path.isfile(os.path.join(folder, name, "__init__.py")):
                sys.path.insert(0, folder)
                return name
    sys.exit(f"{directory} has no folder {' or '.join(names)}, nor has a folder in it.")


def translation(directory, metric, **options):
    find(directory, "sacrebleu")
    try:
        import sacrebleu.version
    except ModuleNotFoundError as missing:
        if missing.name != "sacrebleu.version":
            raise
        # sacrebleu's build writes this file, which a checkout lacks.
        sys.modules.pop("sacrebleu", None)
        sys.modules["sacrebleu.version"] = types.SimpleNamespace(__version__="checkout")
    from sacrebleu import metrics

    scorer = getattr(metrics, metric)(**options)
    name = metric.lower()
    return lambda answers, references: {name: scorer.corpus_score(answers, [references]).score}


def rouge(directory, kinds, stems):
    package = find(directory, "rouge_score", "rouge")
    scorer = __import__(f"{package}.rouge_scorer", fromlist=["RougeScorer"]).RougeScorer(kinds, use_stemmer=stems)

    def score(answers, references):
        sums = {}
        for answer, reference in zip(answers, references):
            for kind, value in scorer.score(reference, answer).items():
                for name, number in ((kind, value.fmeasure), (f"{kind}_precision", value.precision), (f"{kind}_recall", value.recall)):
                    sums[name] = sums.get(name, 0) + number
        return {name: number / len(answers) for name, number in sums.items()}

    return score


def classification(_):
    from sklearn.metrics import classification_report, confusion_matrix

    def score(answers, references):
        report = classification_report(references, answers, output_dict=True, zero_division=0)
        confusion_matrix(references, answers)
        averages = {"macro": report["macro avg"], "weighted": report["weighted avg"]}
        return {
            f"{name}_{average}": values[key]
            for average, values in averages.items()
            for name, key in (("f1", "f1-score"), ("precision", "precision"), ("recall", "recall"))
        }

    return score


TASKS = {
    "bleu": lambda directory: translation(directory, "BLEU"),
    "bleu_intl": lambda directory: translation(directory, "BLEU", tokenize="intl"),
    "chrf": lambda directory: translation(directory, "CHRF"),
    "chrf++": lambda directory: translation(directory, "CHRF", word_order=2),
    "ter": lambda directory: translation(directory, "TER"),
    "rouge": lambda directory: rouge(directory, ["rouge1", "rouge2", "rougeL"], True),
    "rouge_lsum": lambda directory: rouge(directory, ["rougeLsum"], False),
    "classification": classification,
}

task, file, directory = sys.argv[1:]
score = TASKS[task](directory)
with open(file, encoding="utf-8") as lines:
    answers, references = zip(*map(json.loads, lines))
print("ready", flush=True)
for line in sys.stdin:
    first, end = map(int, line.split())
    some, expected = list(answers[first:end]), list(references[first:end])
    start = time.perf_counter()
    values = score(some, expected)
    print(json.dumps({"seconds": time.perf_counter() - start, "values": values}), flush=True)
