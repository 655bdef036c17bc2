package dev.polyak.testkit;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Collects what the library logs, from any thread, each as {@code LEVEL: message}; the console does not see it. */
public final class Warnings extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger("dev.polyak");
    private final List<String> messages = new CopyOnWriteArrayList<>();

    public Warnings() {
        logger.addHandler(this);
        logger.setUseParentHandlers(false);
    }

    public List<String> messages() {
        return messages;
    }

    @Override
    public void publish(LogRecord record) {
        messages.add(record.getLevel() + ": " + new SimpleFormatter().formatMessage(record));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(true);
    }
}
