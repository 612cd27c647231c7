"""JSON under /api/v1, and the routes operators call."""
