"""The rooms with SQL: the cluster, the session, the tables and the rules written over them."""
