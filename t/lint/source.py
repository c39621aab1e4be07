# SPDX-License-Identifier: ISC
"""What the lints see of a C source file: its text without comments and
strings, and the functions, variables and structs that it defines.

It reads the house's layout (.clang-format), not C: the brace of a function
stands alone in the first column, and so does what ends it."""
import re


def blank(match):
    """Spaces for what is taken out, so that line numbers stay."""
    return re.sub(r'[^\n]', ' ', match.group(0))


def strip(text):
    """The text without comments and without what quotes hold."""
    token = r'/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''
    return re.sub(token, blank, text, flags=re.S)


class Function:
    def __init__(self, head, line):
        self.line = line
        self.static = bool(re.match(r'\s*static\b', head))
        head = re.sub(r'__attribute__\(\(.*?\)\)(?=\s)', ' ', head, flags=re.S)
        name = re.search(r'(\w+)\s*\(', head)
        self.name = name.group(1) if name else ''
        self.parameters = split_parameters(head[name.end():] if name else '')


def split_parameters(text):
    """The parameters of a head whose opening parenthesis is gone."""
    depth, parts, part = 0, [], ''
    for char in text:
        if char == ')' and depth == 0:
            break
        depth += (char == '(') - (char == ')')
        if char == ',' and depth == 0:
            parts.append(part.strip())
            part = ''
        else:
            part += char
    parts.append(part.strip())
    return [p for p in parts if p and p != 'void']


class Source:
    def __init__(self, path):
        self.path = path
        with open(path, encoding='utf-8') as file:
            self.raw = file.read()
        self.text = strip(self.raw)
        self.functions = list(self._functions())
        self.structs = re.findall(r'^(?:struct|union|enum) (\w+) \{', self.text,
                                  flags=re.M)
        self.variables = re.findall(
            r'^(?!static|extern|typedef|return)(?:\w+[ *]+)+(\w+)(?:\[\w*\])*'
            r' =', self.text, flags=re.M)
        # What may stand for a function or a variable of another file.
        self.words = set(re.findall(
            r'(?<!struct )(?<!enum )(?<!union )(?<!->)(?<!\.)\b\w+\b',
            self.text))

    def _functions(self):
        lines = self.text.split('\n')
        for at, line in enumerate(lines):
            if line != '{':
                continue
            start = at
            while start > 0 and re.match(r'[\w ].*\S|\*', lines[start - 1]) \
                    and not re.search(r'[;}]\s*$', lines[start - 1]):
                start -= 1
            if start < at and '(' in ''.join(lines[start:at]):
                yield Function('\n'.join(lines[start:at]), start + 1)

    def external(self):
        """The names that other files can link to."""
        return [f.name for f in self.functions if not f.static] \
            + self.variables
