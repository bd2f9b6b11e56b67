#!/usr/bin/python3
"""docs/pagetree.schema.json against what the tool prints and what --help says. Used by run.

schema.py SCHEMA TOOL ABI_H VALID REFUSED: the last two are directories of JSON; what is in
VALID has to have no member that the schema does not know, either.
"""
import copy
import json
import pathlib
import re
import subprocess
import sys

from jsonschema import Draft202012Validator

schema_file, tool, abi, valid, refused = sys.argv[1:]
schema = json.loads(pathlib.Path(schema_file).read_text())
defs = schema['$defs']

# The rows of a command, where they are not called like it.
ROWS = {'show': 'vmas', 'ps': 'processes', 'shootdown': 'shootdowns', 'bench': 'results', 'invalidations': 'causes'}
TYPES = 'text address bytes entries tables blocks number ns percent ratio'.split()


def report(name, why):
    """Why: what is wrong, or nothing."""
    print(f'not ok JSON Schema: {name}: {why}' if why else f'ok JSON Schema: {name}')


def help_of(*command):
    return subprocess.run([tool, *command, '--help'], capture_output=True, text=True, check=True).stdout


def section(text, title):
    """The lines behind a title, up to an empty one."""
    return text.split(f'\n{title}:\n', 1)[-1].split('\n\n')[0] if f'\n{title}:\n' in text else ''


def expand(name):
    """leaf1-3: leaf1, leaf2, leaf3."""
    match = re.fullmatch(r'(.*?)(\d+)-(\d+)', name)
    return [f'{match[1]}{i}' for i in range(int(match[2]), int(match[3]) + 1)] if match else [name]


def properties(row):
    """What a row has, with what it refers to: expressions and the types behind them."""
    known = properties(defs[row['$ref'].split('/')[-1]]) if '$ref' in row else []
    known += [(f'^{re.escape(name)}$', kind) for name, kind in row.get('properties', {}).items()]
    known += list(row.get('patternProperties', {}).items())
    return known


def type_of(kind):
    """As --help says it; what is narrower than text is text, too."""
    name = kind['$ref'].split('/')[-1]
    return name if name in TYPES else 'text'


def compare(command, title='Columns', view=None):
    """What of the columns of a command, or of another view of it, the schema says otherwise."""
    lines = re.findall(r'^  (\S+) +<(\w+)>', section(help_of(command), title), re.M)
    name = (view or ROWS.get(command, command)) + '-row'
    if not lines:
        return 'it lists no column'
    if name not in defs:
        return f'there is no {name} among $defs'
    known = properties(defs[name])
    columns = {column: kind for said, kind in lines for column in expand(said)}
    wrong = []
    for column, kind in columns.items():
        types = [type_of(other) for pattern, other in known if re.search(pattern, column)]
        if types != [kind]:
            wrong.append(f'{column} is {kind}, not {types}')
    # neither a column that there is not, nor a level
    names = {re.sub(r'\d+$', '', column) + str(i) for column in columns for i in range(100)}
    for pattern, _ in known:
        if not any(re.search(pattern, column) for column in columns):
            wrong.append(f'{pattern} is no column')
        wrong += [f'{column} is no column' for column in names - set(columns) if re.search(pattern, column)]
    return ', '.join(wrong)


def words(macro):
    """The texts of a list of abi.h."""
    text = re.search(rf'^#define {macro}\(X\)((?:.*\\\n)*.*)', pathlib.Path(abi).read_text(), re.M)[1]
    return re.findall(r'"([^"]*)"', text)


def meaning(command, column):
    """The words of which the help of a column says that it is one."""
    text = re.search(rf'^  {column} +<text> (.*)', help_of(command), re.M)[1]
    return re.findall(r'[a-z]+', text)


def strict(part):
    """A schema that refuses members which it does not know."""
    if isinstance(part, list):
        return [strict(item) for item in part]
    if not isinstance(part, dict):
        return part
    new = {key: strict(value) for key, value in part.items()}
    if part.get('type') == 'object' and 'properties' in part and 'additionalProperties' not in part:
        new['unevaluatedProperties'] = False
    return new


def errors(text, validator):
    try:
        found = [f'{error.json_path}: {error.message}' for error in validator.iter_errors(json.loads(text))]
    except ValueError as error:
        found = [str(error)]
    return '; '.join(sorted(found))[:2000]


Draft202012Validator.check_schema(schema)
report('is one', '')
missing = {ref for ref in re.findall(r'"#/\$defs/([^"]*)"', json.dumps(schema))} ^ set(defs)
report('each of $defs is there and is used', ', '.join(missing))

commands = [line.split()[0] for line in section(help_of(), 'Commands').splitlines()]
for command in commands:
    # what only writes a file has none
    if command != 'capture':
        report(f'the columns of {command}', compare(command))
report('the columns of reach', compare('tlb', 'Reach, a table for each process, has the columns', 'reach'))
for name, expected in {
        'vma-kind': words('PAGETREE_VMA_KINDS'),
        'map-kind': [kind for kind in words('PAGETREE_ENTRY_KINDS') if kind not in ('hole', 'table')],
        'walk-kind': words('PAGETREE_ENTRY_KINDS') + ['outside'],
        'scope': words('PAGETREE_SHOOTDOWN_SCOPES')}.items():
    report(f'{name} is what abi.h says', '' if defs[name]['enum'] == expected + [None] else str(expected))
for name, command, column in (('process-state', 'ps', 'state'), ('scope', 'shootdown', 'scope'),
                              ('mechanism', 'shootdown', 'mechanism'), ('ended', 'shootdown', 'ended')):
    report(f'{name} is what --help says', ', '.join(set(filter(None, defs[name]['enum'])) -
                                                    set(meaning(command, column))))

open_schema, closed = Draft202012Validator(schema), Draft202012Validator(strict(copy.deepcopy(schema)))
for file in sorted(pathlib.Path(valid).iterdir()):
    report(f'{file.name} is valid', errors(file.read_bytes(), open_schema) or errors(file.read_bytes(), closed))
for file in sorted(pathlib.Path(refused).iterdir()):
    report(f'{file.name} is refused', '' if errors(file.read_bytes(), open_schema) else 'it is valid')
