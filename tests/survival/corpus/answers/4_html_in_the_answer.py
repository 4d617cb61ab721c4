# does: has a script in the answer's own text
# becomes: passed

"""</code></pre><script>alert(1)</script>"""


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    goal = accuracy_transfer[labels.index(at)]
    if max(accuracy_scratch) < goal:
        return float("inf")
    return float(np.exp(np.interp(goal, accuracy_scratch, np.log(labels))) / at)
