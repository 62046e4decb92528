/**
 * Compiles schema/web-message.proto to src/gen with no native compiler: protobufjs parses, the descriptors go to
 * protoc-gen-es as the request that protoc would send. Run by `npm run generate -w proto`; a test compares the result.
 */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import {
  CodeGeneratorRequestSchema,
  CodeGeneratorResponseSchema,
  type DescriptorProto,
  DescriptorProtoSchema,
  type EnumDescriptorProto,
  EnumDescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as FieldType,
  type FieldDescriptorProto,
  FieldDescriptorProtoSchema,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import protobuf from 'protobufjs'

const PARAMETER = 'target=ts,import_extension=ts,erasable_syntax=true,elide_plugin_version=true'
const scalars: Readonly<Partial<Record<string, FieldType>>> = {
  double: FieldType.DOUBLE,
  float: FieldType.FLOAT,
  int64: FieldType.INT64,
  uint64: FieldType.UINT64,
  int32: FieldType.INT32,
  fixed64: FieldType.FIXED64,
  fixed32: FieldType.FIXED32,
  bool: FieldType.BOOL,
  string: FieldType.STRING,
  bytes: FieldType.BYTES,
  uint32: FieldType.UINT32,
}

/** The descriptor of one proto2 file without imports, oneofs, maps, groups or options. */
export function describeSchema(fileName: string, text: string): FileDescriptorProto {
  const parsed = protobuf.parse(text, new protobuf.Root(), { keepCase: true })
  parsed.root.resolveAll()
  const scope = parsed.package === undefined ? parsed.root : parsed.root.lookup(parsed.package)
  if (!(scope instanceof protobuf.Namespace)) throw new Error('the schema has no package')
  return create(FileDescriptorProtoSchema, {
    name: fileName,
    ...(parsed.package !== undefined && { package: parsed.package }),
    messageType: scope.nestedArray.filter((item) => item instanceof protobuf.Type).map(describeMessage),
    enumType: scope.nestedArray.filter((item) => item instanceof protobuf.Enum).map(describeEnum),
  })
}

function describeMessage(type: protobuf.Type): DescriptorProto {
  return create(DescriptorProtoSchema, {
    name: type.name,
    field: type.fieldsArray.map(describeField),
    nestedType: type.nestedArray.filter((item) => item instanceof protobuf.Type).map(describeMessage),
    enumType: type.nestedArray.filter((item) => item instanceof protobuf.Enum).map(describeEnum),
  })
}

function describeField(field: protobuf.Field): FieldDescriptorProto {
  const target = field.resolvedType
  const scalar = scalars[field.type]
  const kind = target instanceof protobuf.Enum ? FieldType.ENUM : target ? FieldType.MESSAGE : scalar
  if (kind === undefined || field instanceof protobuf.MapField)
    throw new Error(`field ${field.fullName} has a type that is not supported`)
  return create(FieldDescriptorProtoSchema, {
    name: field.name,
    number: field.id,
    label: field.repeated ? Label.REPEATED : field.required ? Label.REQUIRED : Label.OPTIONAL,
    type: kind,
    ...(target && { typeName: target.fullName }),
    jsonName: field.name,
  })
}

function describeEnum(type: protobuf.Enum): EnumDescriptorProto {
  const value = Object.entries(type.values).map(([name, number]) => ({ name, number }))
  return create(EnumDescriptorProtoSchema, { name: type.name, value })
}

/** Generated TypeScript by file name. Throws an Error with the plugin's message. */
export function generateTypes(file: FileDescriptorProto): Map<string, string> {
  const request = create(CodeGeneratorRequestSchema, {
    fileToGenerate: [file.name],
    parameter: PARAMETER,
    protoFile: [file],
    sourceFileDescriptors: [file],
  })
  const plugin = createRequire(import.meta.url).resolve('@bufbuild/protoc-gen-es/bin/protoc-gen-es')
  const run = spawnSync(process.execPath, [plugin], {
    input: toBinary(CodeGeneratorRequestSchema, request),
    maxBuffer: 16 * 1024 * 1024,
  })
  if (run.status !== 0) throw new Error(`protoc-gen-es failed: ${run.stderr.toString()}`)
  const response = fromBinary(CodeGeneratorResponseSchema, run.stdout)
  if (response.error) throw new Error(`protoc-gen-es: ${response.error}`)
  return new Map(response.file.map(({ name, content }) => [name, content]))
}

// Compiled to dist/, one folder below the package.
const packageUrl = new URL('../', import.meta.url)

/** What src/gen must hold: text by URL. */
export function generatedFiles(): Map<URL, string> {
  const text = readFileSync(new URL('schema/web-message.proto', packageUrl), 'utf8')
  const files = generateTypes(describeSchema('web-message.proto', text))
  return new Map([...files].map(([name, content]) => [new URL(`src/gen/${name}`, packageUrl), content]))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [url, content] of generatedFiles()) writeFileSync(url, content)
}
