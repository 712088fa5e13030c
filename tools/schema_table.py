#!/usr/bin/env python3
"""Prints the field tables of src/core/manifest/schema/ from the JSON schemas that Argo publishes.

    tools/schema_table.py WORKFLOWS.schema.json EVENTS.schema.json src/core/manifest/schema

writes table_workflow.cc, table_event.cc and table_kubernetes.cc: every type that the kinds reach, with its
fields and what each may hold, and no descriptions. The notation is explained in schema.h.
"""
import json
import pathlib
import sys

ROOTS = {
    "io.argoproj.workflow.v1alpha1": ["Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate",
                                      "CronWorkflow", "WorkflowEventBinding"],
    "io.argoproj.events.v1alpha1": ["EventSource", "EventBus", "Sensor"],
    "io.k8s.api.core.v1": ["PersistentVolumeClaim"],
}
PREFIX = {"io.argoproj.workflow.v1alpha1": "w", "io.argoproj.events.v1alpha1": "e"}
# Definitions that are not objects with fields, and what they accept.
SCALARS = {"Quantity": "q", "IntOrString": "q", "Int64OrString": "q", "Time": "s", "MicroTime": "s",
           "Amount": "n", "Item": "*", "FieldsV1": "o", "RawExtension": "o", "JSON": "*", "Plugin": "o",
           "K8SResource": "o", "Patch": "o"}
# Fields of the Go type AnyString, which the schema calls strings: numbers and booleans become text.
ANY_STRINGS = {("w.Parameter", "value"): "t", ("w.Parameter", "default"): "t",
               ("w.Parameter", "enum"): "[]t", ("w.ValueFrom", "default"): "t"}
# Texts that hold YAML.
YAML_TEXTS = {("w.Template", "podSpecPatch"): "%k.PodSpec", ("w.WorkflowSpec", "podSpecPatch"): "%k.PodSpec"}
# Types without a published schema here. PodSpec is Kubernetes 1.34's; what is "o" in it has no effect.
BY_HAND = {
    "k.PodSpec": "activeDeadlineSeconds:i affinity:@k.Affinity automountServiceAccountToken:b "
                 "containers:[]@k.Container! dnsConfig:@k.PodDNSConfig dnsPolicy:s enableServiceLinks:b "
                 "ephemeralContainers:[]o hostAliases:[]@k.HostAlias hostIPC:b hostNetwork:b hostPID:b hostUsers:b "
                 "hostname:s hostnameOverride:s imagePullSecrets:[]@k.LocalObjectReference "
                 "initContainers:[]@k.Container nodeName:s nodeSelector:{}s os:o overhead:{}q preemptionPolicy:s "
                 "priority:i priorityClassName:s readinessGates:[]o resourceClaims:[]@k.PodResourceClaim "
                 "resources:@k.ResourceRequirements restartPolicy:s runtimeClassName:s schedulerName:s "
                 "schedulingGates:[]o securityContext:@k.PodSecurityContext serviceAccount:s serviceAccountName:s "
                 "setHostnameAsFQDN:b shareProcessNamespace:b subdomain:s terminationGracePeriodSeconds:i "
                 "tolerations:[]@k.Toleration topologySpreadConstraints:[]o volumes:[]@k.Volume",
    "k.ConfigMap": "apiVersion:s kind:s metadata:@k.ObjectMeta! data:{}s binaryData:{}s immutable:b",
    "k.Secret": "apiVersion:s kind:s metadata:@k.ObjectMeta! data:{}s stringData:{}s type:s immutable:b",
}


def short(name):
    group, _, last = name.rpartition(".")
    return f"{PREFIX.get(group, 'k')}.{last}"


class Table:
    def __init__(self, documents):
        self.definitions = {}
        for document in documents:
            for name, definition in document["definitions"].items():
                known = self.definitions.setdefault(name, definition)
                if known is not definition and "properties" in known:
                    known["properties"] = {**definition.get("properties", {}), **known["properties"]}
        self.types = {}

    def shape(self, schema):
        if "$ref" in schema:
            return self.reference(schema["$ref"].rpartition("/")[2])
        kind = schema.get("type")
        if kind == "array":
            return "[]" + self.shape(schema.get("items", {}))
        if kind == "object":
            inner = schema.get("additionalProperties")
            return "{}" + self.shape(inner) if isinstance(inner, dict) else "o"
        if isinstance(kind, list):
            return "q"
        return {"string": "s", "boolean": "b", "integer": "i", "number": "n", None: "*"}[kind]

    def reference(self, name):
        definition = self.definitions[name]
        last = name.rpartition(".")[2]
        if last in SCALARS:
            return SCALARS[last]
        if last == "ParallelSteps":  # a list, or one step that stands for a list of one
            return "~" + self.shape(definition["items"])
        self.add(name)
        return "@" + short(name)

    def add(self, name):
        key = short(name)
        if key in self.types:
            return
        fields = self.types[key] = {}
        definition = self.definitions[name]
        required = set(definition.get("required", []))
        for field, schema in definition.get("properties", {}).items():
            shape = ANY_STRINGS.get((key, field)) or YAML_TEXTS.get((key, field)) or self.shape(schema)
            fields[field] = shape + ("!" if field in required else "")


def wrapped(words, width=99):
    lines, line = [], ""
    for word in words:
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = ""
        line += " " + word if line or lines else word
    return lines + [line]


def write(folder, suffix, title, prefix, types):
    lines = ["// Generated by tools/schema_table.py; do not edit.",
             '#include "core/manifest/schema/schema.h"', "", "namespace slipway::manifest {", "",
             f'const std::string_view k{title}Table = R"(']
    for key in sorted(types):
        if key.startswith(prefix + "."):
            lines += wrapped([key] + [f"{name}:{shape}" for name, shape in sorted(types[key].items())])
    lines += [')";', "", "}  // namespace slipway::manifest", ""]
    path = pathlib.Path(folder) / f"table_{suffix}.cc"
    path.write_text("\n".join(lines))


def main(workflows, events, folder):
    table = Table([json.loads(pathlib.Path(name).read_text()) for name in (workflows, events)])
    for group, names in ROOTS.items():
        for name in names:
            table.add(f"{group}.{name}")
    for key, fields in BY_HAND.items():
        table.types[key] = dict(field.split(":", 1) for field in fields.split())
    write(folder, "workflow", "Workflow", "w", table.types)
    write(folder, "event", "Event", "e", table.types)
    write(folder, "kubernetes", "Kubernetes", "k", table.types)


main(*sys.argv[1:])
