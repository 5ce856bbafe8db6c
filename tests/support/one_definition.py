#!/usr/bin/env python3
"""Fails when two folders define different types of one name in namespace mahi: the linker would mix them up silently.

Usage: one_definition.py <src directory>
Looks at types that begin in column 0 of headers, outside unnamed namespaces. Nested namespaces count as part of the name.
"""
import collections
import pathlib
import re
import sys

source = pathlib.Path(sys.argv[1])
places = collections.defaultdict(set)
for header in sorted(source.rglob("*.h")):
    namespace = []
    for line in header.read_text().splitlines():
        if match := re.match(r"namespace ([\w:]*)\s*\{", line):
            namespace.append(match[1])
        elif line.startswith("}  // namespace") and namespace:
            namespace.pop()
        elif match := re.match(r"(?:struct|class|enum class|enum)\s+(?:alignas\([^)]*\)\s*)?(\w+)\b(?!::)[^;]*\{", line):
            places["::".join(namespace + [match[1]])].add(str(header.relative_to(source)))

found = False
for name, headers in sorted(places.items()):
    if len(headers) > 1:
        found = True
        print(f"{name} is defined in {', '.join(sorted(headers))}")
sys.exit(found)
