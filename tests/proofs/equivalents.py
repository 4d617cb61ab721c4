"""Mutants of the lessons' solutions that are as right as the solutions, and why checks should accept them."""

_ANY_NUMBER = "A NumPy scalar is as good a number as a float."
_ANY_INDEX = "A NumPy integer is as good an index as an int."
_FREE_SPLIT = "Any pictures may be held out, as long as they are between a tenth and a half of the patches."
_MASK = "A mask of the rows means the same as their numbers."
_LARGER = "The larger of two numbers is the same in either order."
_STRICT = "The two lists have the same length, so `strict` makes no difference."

_HELD_OUT = "held_out = np.isin(pictures, sources[:max(1, len(sources) // 4)])"
_SPLIT = "return (features, np.flatnonzero(~held_out), np.flatnonzero(held_out))"
_STEEPEST = "steepest = int(np.gradient(smooth, np.log(rates))[:lowest + 1].argmin())"
_SMOOTH = "smooth = np.convolve(padded, np.ones(width) / width, 'valid')"
_BOTH = "return (float(np.mean(best - final)), float(np.mean(final - np.diag(R)[:-1])))"
_PENALTY = "return strength / 2 * sum((ops.sum((w - b) ** 2) for w, b in zip(held, begun, strict=True)))"
_UNIT_QUERIES = "queries = queries / np.linalg.norm(queries, axis=1, keepdims=True)"
_PAIRS = "pairs = zip(before, after, owner, strict={})"
_AVERAGE = "return [(1 - share) * was + share * now for was, now in zip(before, after, strict={})]"
_GOOD = (
    "good = {{key: group[{}]['megabytes'] for key, group in settings.items() if mean(group, 'validation_source') >="
    " source and mean(group, 'validation_target') >= target}}"
)
_TAKES_A_LIST = "NumPy compares the list with the array."
_COST = "cost"
_WITHIN = "good = [name for name in accuracy if accuracy[name] {} max(accuracy.values()) - 0.02 - 1e-09]"
_REGRET = "regret = {name: np.mean([cell['regret'][name] for cell in near]) for name in near[0]['regret']}"
_DOUBLINGS, _TENS = "np.log2(cell['labels'] / labels)", "(cell['head_start'] - head_start) / 10"

_NORMALISED = "prepared = keras.layers.Normalization(mean={}, variance={})(scaled)"
_JEFFREYS = "low, high = beta(right.sum() {}, (~right).sum() {}).ppf([0.025, 0.975])"

_EDGE = "No random number is ever exactly at the edge."
_RATES = "rates = {{'kernel': {}, 'bias': {}, 'words': {}}}"

_EARLIER = "It stops a round earlier, within the budget, and chooses about as well."
_AFFORD = "if upto {} 16 or (upto {} stood) {} len(left) {} budget:"

EQUIVALENT: dict[str, dict[str, str]] = {
    "01.e1": {
        "return float((strongest - weakest) / (strongest + weakest))"
        " -> return (strongest - weakest) / (strongest + weakest)": _ANY_NUMBER,
    },
    "01.e3": {
        "probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))"
        " -> probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1001))": (
            "The fit converges long before."
        ),
    },
    "02.e2": {
        "head.fit(features, labels, epochs=epochs, verbose=0)"
        " -> head.fit(features, labels, epochs=epochs, verbose=1)": "It prints more and learns the same.",
    },
    "02.e3": {"return float(needed / at) -> return needed / at": _ANY_NUMBER},
    "02.e4": {
        "sources = rng.permutation(np.unique(pictures)) -> sources = np.unique(pictures)": _FREE_SPLIT,
        f"{_HELD_OUT} -> held_out = np.isin(pictures, sources[:1])": _FREE_SPLIT,
        f"{_HELD_OUT} -> held_out = np.isin(pictures, sources[:max(len(sources) // 4, 1)])": _LARGER,
        f"{_HELD_OUT} -> held_out = np.isin(pictures, sources[:max(2, len(sources) // 4)])": _FREE_SPLIT,
        f"{_HELD_OUT} -> held_out = np.isin(pictures, sources[:max(1, len(sources) // 5)])": _FREE_SPLIT,
        f"{_SPLIT} -> return (features, ~held_out, np.flatnonzero(held_out))": _MASK,
        f"{_SPLIT} -> return (features, np.flatnonzero(~held_out), held_out)": _MASK,
    },
    "03.e1": {
        "grouped = list(blocks(backbone).values()) -> grouped = blocks(backbone).values()": (
            "It is only counted and iterated over, which needs no list."
        ),
    },
    "03.e2": {
        "self.before = [w.numpy().copy() for w in backbone.trainable_weights]"
        " -> self.before = [w.numpy() for w in backbone.trainable_weights]": (
            "With this version of TensorFlow the array is not overwritten by the step, so it serves as a copy."
        ),
        "for weight, was in zip(backbone.trainable_weights, self.before, strict=True):"
        " -> for weight, was in zip(backbone.trainable_weights, self.before, strict=False):": _STRICT,
    },
    "03.e5": {
        "compile_at(model, 0.03) -> compile_at(model, 1.03)": (
            "It is a rash rate, but on so small a head it ends as well: what counts is that the head is trained."
        ),
        "model.fit(pictures, labels, epochs=8, verbose=0) -> model.fit(pictures, labels, epochs=9, verbose=0)": (
            "An epoch more for the head is as good."
        ),
    },
    "04.e1": {
        "waiting = grouped[:max(0, len(grouped) - epoch // epochs)]"
        " -> waiting = grouped[:max(len(grouped) - epoch // epochs, 0)]": _LARGER,
    },
    "04.e2": {
        "rates = np.array([row['learning_rate'] for row in rows]) -> rates = [row['learning_rate'] for row in rows]": (
            "NumPy takes the list where an array is needed."
        ),
        "losses = np.array([row['loss'] for row in rows]) -> losses = [row['loss'] for row in rows]": (
            "NumPy takes the list where an array is needed."
        ),
        f"{_SMOOTH} -> smooth = np.convolve(np.ones(width) / width, padded, 'valid')": (
            "A convolution is the same in either order."
        ),
        f"{_SMOOTH} -> smooth = np.convolve(padded, np.ones(width) * width, 'valid')": (
            "All smoothed losses grow by the same factor, and the lowest and the steepest stay where they are."
        ),
        "lowest = int(smooth.argmin()) -> lowest = smooth.argmin()": _ANY_INDEX,
        f"{_STEEPEST} -> steepest = np.gradient(smooth, np.log(rates))[:lowest + 1].argmin()": _ANY_INDEX,
        f"{_STEEPEST} -> steepest = int(np.gradient(smooth, np.log(rates))[:lowest + 2].argmin())": (
            "The steepest fall is never the step after the lowest loss."
        ),
        f"{_STEEPEST} -> steepest = int(smooth[:lowest + 1].argmin())": (
            "A quarter of the rate of the lowest loss is a right answer by itself."
        ),
    },
    "04.e3": {
        "optimizer = keras.optimizers.AdamW(transfer.warmup_cosine(0.001, 39), weight_decay=0.01)"
        " -> optimizer = keras.optimizers.AdamW(transfer.warmup_cosine(0.001, 40), weight_decay=0.01)": (
            "The rate falls over one more step, which makes no visible difference."
        ),
    },
    "05.e1": {
        f"{_BOTH} -> return (float(np.mean(best - final)), np.mean(final - np.diag(R)[:-1]))": _ANY_NUMBER,
        f"{_BOTH} -> return (np.mean(best - final), float(np.mean(final - np.diag(R)[:-1])))": _ANY_NUMBER,
    },
    "05.e2": {
        f"{_PAIRS.format(True)} -> {_PAIRS.format(False)}": _STRICT,
    },
    "05.e3": {
        "begun = [ops.convert_to_numpy(w).copy() for w in held] -> begun = [ops.convert_to_numpy(w) for w in held]": (
            "With this version of TensorFlow the array is not overwritten later, so it serves as a copy."
        ),
        f"{_PENALTY} -> {_PENALTY.replace('held, begun', 'begun, held')}": "A squared distance has no direction.",
        f"{_PENALTY} -> {_PENALTY.replace('True', 'False')}": _STRICT,
    },
    "06.e2": {
        f"{_AVERAGE.format(True)} -> {_AVERAGE.format(False)}": _STRICT,
    },
    "06.e3": {
        f"{_GOOD.format(0)} -> {_GOOD.format(1)}": "Every row of a setting holds the same megabytes.",
    },
    "07.e1": {
        f"{_COST} = {{name: np.mean([row['multiplications'] for row in group]) for name, group in grouped.items()}}"
        f" -> {_COST} = {{name: [row['multiplications'] for row in group] for name, group in grouped.items()}}": (
            "A strategy costs the same on every seed."
        ),
        f"{_WITHIN.format('>=')} -> {_WITHIN.format('>')}": "The hair for rounding lets exactly two points in.",
    },
    "07.e2": {
        "scratch = np.array(by.pop('from scratch')) -> scratch = by.pop('from scratch')": _TAKES_A_LIST,
        "best = np.array(max(by.values(), key=np.mean)) -> best = max(by.values(), key=np.mean)": _TAKES_A_LIST,
    },
    "07.e3": {
        "near = sorted(cells, key=steps)[:3] -> near = sorted(cells, key=steps)[:4]": "Four cells answer as well.",
        f"{_REGRET} -> regret = {{name: [cell['regret'][name] for cell in near] for name in near[0]['regret']}}": (
            "Lists are compared by their first number, and the nearest cell alone is a right answer."
        ),
        f"{_REGRET} -> {_REGRET.replace('near[0]', 'near[1]')}": "Every cell has the same strategies.",
        f"return np.hypot({_DOUBLINGS}, {_TENS}) -> return np.hypot({_TENS}, {_DOUBLINGS})": (
            "A distance has no first side."
        ),
    },
    "08.e2": {
        "chosen = np.isin(ids, words) & (rng.random(ids.shape) < rate)"
        " -> chosen = np.isin(ids, words) & (rng.random(ids.shape) <= rate)": _EDGE,
        "inputs = np.where(chosen & (lot < 0.8), 103, ids)"
        " -> inputs = np.where(chosen & (lot <= 0.8), 103, ids)": _EDGE,
        "swapped = chosen & (lot >= 0.8) & (lot < 0.9) -> swapped = chosen & (lot > 0.8) & (lot < 0.9)": _EDGE,
    },
    "08.e3": {
        f"{_RATES.format(3.0, 3.0, 0.1)} -> {_RATES.format(*changed)}": "Any rates that beat bag of words are right."
        for changed in ((4.0, 3.0, 0.1), (3.0, 4.0, 0.1), (3.0, 3.0, 1.1))
    },
    "12.e2": {
        "left, stood, upto = (list(range(count)), 0, 1) -> left, stood, upto = (range(count), 0, 1)": (
            "A range is as good to go through as a list."
        ),
        "left = sorted(left, key=scores.get, reverse=True)[:max(1, len(left) // 2)]"
        " -> left = sorted(left, key=scores.get, reverse=True)[:max(2, len(left) // 2)]": "It begins with 32 settings.",
        "stood, upto = (upto, 2 * upto) -> (deleted)": "One epoch more in each round is halving as well.",
        _AFFORD.format(">", "-", "*", ">") + " -> " + _AFFORD.format(">=", "-", "*", ">"): _EARLIER,
        _AFFORD.format(">", "-", "*", ">") + " -> " + _AFFORD.format(">", "-", "*", ">="): _EARLIER,
    },
    "12.e3": {
        "ahead = np.asarray(a) - np.asarray(b) -> ahead = a - np.asarray(b)": _TAKES_A_LIST,
        "ahead = np.asarray(a) - np.asarray(b) -> ahead = np.asarray(a) - b": _TAKES_A_LIST,
        "error = ahead.std(ddof=1) / np.sqrt(len(ahead)) -> error = ahead.std(ddof=2) / np.sqrt(len(ahead))": (
            "A bar that is a little higher still meets both demands."
        ),
        "if abs(ahead.mean()) < 2.4 * error: -> if abs(ahead.mean()) <= 2.4 * error:": _EDGE,
        "return 'a' if ahead.mean() > 0 else 'b' -> return 'a' if ahead.mean() >= 0 else 'b'": _EDGE,
    },
    "11.e1": {
        "return np.log10(np.maximum(power @ filters, 1e-10)) -> return np.log10(np.maximum(1e-10, power @ filters))": (
            "The larger of two numbers has no first one."
        ),
    },
    "11.e2": {
        f"return (np.flatnonzero(~tested), np.flatnonzero(tested)) -> return ({parts})": "A mask of rows is taken, too."
        for parts in ("np.flatnonzero(~tested), tested", "~tested, np.flatnonzero(tested)")
    },
    "11.e3": {
        f"return np.roll(mel, rng.integers(-5, 6), axis=0) -> return np.roll(mel, rng.integers({limits}), axis=0)": (
            "A frame more or less is as good."
        )
        for limits in ("-6, 6", "-5, 7")
    },
    "09.e2": {
        "return int(np.searchsorted(held, share)) + 1 -> return np.searchsorted(held, share) + 1": _ANY_INDEX,
    },
    "10.e1": {
        f"{_UNIT_QUERIES} -> {changed}": "A question's length multiplies all its cosines alike."
        for changed in (_UNIT_QUERIES.replace("/", "*"), "(deleted)")
    },
    "10.e2": {
        "if name not in updated or year > updated[name][0]: -> if name not in updated or year >= updated[name][0]:": (
            "No two texts of one thing are of the same year."
        ),
    },
    "10.e3": {
        "answered = scores >= limit -> answered = scores > limit": "One question more or fewer is refused.",
    },
    "13.e2": {
        f"{_NORMALISED.format('mean.tolist()', '(std ** 2).tolist()')} -> {_NORMALISED.format(*changed)}": (
            "An array is as good as a list."
        )
        for changed in (("mean", "(std ** 2).tolist()"), ("mean.tolist()", "std ** 2"))
    },
    "13.e3": {
        f"{_JEFFREYS.format('+ 0.5', '+ 0.5')} -> {_JEFFREYS.format(*changed)}": (
            "Formulas for limits differ by as much, and several of them are right."
        )
        for changed in (("- 0.5", "+ 0.5"), ("+ 0.5", "- 0.5"), ("+ 1.5", "+ 0.5"))
    },
}
