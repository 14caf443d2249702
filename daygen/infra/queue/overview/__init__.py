"""What an operator, and whoever waits, sees of the queue: depths, places, pools, lanes, workers, dead letters."""
