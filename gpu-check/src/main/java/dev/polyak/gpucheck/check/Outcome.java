package dev.polyak.gpucheck.check;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a check found.
 *
 * @param name what was checked
 * @param passed whether all was the same
 * @param values how many values were compared
 * @param difference the first that differs, or what stopped the check; empty if it passed
 */
public record Outcome(String name, boolean passed, long values, String difference) {
    /** As an object for JSON. */
    public Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", name);
        members.put("passed", passed);
        members.put("values", values);
        if (!passed) {
            members.put("difference", difference);
        }
        return members;
    }
}
