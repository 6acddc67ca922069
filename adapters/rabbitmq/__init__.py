"""The task queue on RabbitMQ, by aio-pika."""
