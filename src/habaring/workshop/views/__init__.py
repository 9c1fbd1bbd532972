"""Pages of the workshop room: on telephones, on the desk, on the big screen."""
