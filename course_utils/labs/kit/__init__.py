"""What the labs share: state codes, controls, live runs, charts and the network strip."""
