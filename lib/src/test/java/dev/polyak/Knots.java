package dev.polyak;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Strongly connected components of a graph, by Tarjan's algorithm. */
final class Knots {
    private final Map<String, Set<String>> arrows;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Map<String, Integer> lowest = new HashMap<>();
    private final Deque<String> path = new ArrayDeque<>();
    private final List<Set<String>> knots = new ArrayList<>();

    private Knots(Map<String, Set<String>> arrows) {
        this.arrows = arrows;
    }

    /** The components with more than one node; arrows to what is no node are left out. */
    static List<Set<String>> of(Map<String, Set<String>> arrows) {
        Knots search = new Knots(arrows);
        arrows.keySet().stream()
                .filter(node -> !search.numbers.containsKey(node))
                .forEach(search::visit);
        return search.knots;
    }

    /** The class in whose file a class is. */
    static String outermost(String name) {
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }

    private void visit(String node) {
        numbers.put(node, numbers.size());
        lowest.put(node, numbers.get(node));
        path.push(node);
        for (String next : arrows.get(node)) {
            if (!arrows.containsKey(next)) {
                continue;
            }
            if (!numbers.containsKey(next)) {
                visit(next);
                lowest.merge(node, lowest.get(next), Math::min);
            } else if (path.contains(next)) {
                lowest.merge(node, numbers.get(next), Math::min);
            }
        }
        if (lowest.get(node).equals(numbers.get(node))) {
            Set<String> knot = new TreeSet<>();
            do {
                knot.add(path.peek());
            } while (!path.pop().equals(node));
            if (knot.size() > 1) {
                knots.add(knot);
            }
        }
    }
}
