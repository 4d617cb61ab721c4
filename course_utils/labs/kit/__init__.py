"""What all labs share: state codes, controls, live runs, charts, the network strip."""
