"""From what authors write to what learners use: sources, notebooks, sealed questions, release gates."""
