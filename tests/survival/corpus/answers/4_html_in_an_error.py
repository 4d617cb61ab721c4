# does: raises an error with a script in it
# becomes: raised


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    raise ValueError("<script>alert(1)</script><img src=x onerror=alert(2)>")
