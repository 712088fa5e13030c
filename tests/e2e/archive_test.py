#!/usr/bin/env python3
"""How an artifact was packed goes with it to the step that takes it."""
import unittest

from harness import Case

WORKFLOW = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: packed}
spec:
  entrypoint: main
  templates:
    - name: main
      steps:
        - - {name: make, template: make}
        - - name: take
            template: take
            arguments:
              artifacts:
                - {name: zipped, from: "{{steps.make.outputs.artifacts.zipped}}"}
                - {name: kept, from: "{{steps.make.outputs.artifacts.kept}}", archive: {tar: {}}}
                - {name: usual, from: "{{steps.make.outputs.artifacts.usual}}"}
                - {name: none, s3: {key: usual.tgz}, archive: {none: {}}}
    - name: make
      container:
        image: none
        command: [sh, -ec]
        args:
          - |
            mkdir -p FOLDER/made/d; cd FOLDER/made; echo text > d/f; ln -s f d/link; chmod 750 d/f
            tar -czf packed.tgz d
      outputs:
        artifacts:
          - {name: zipped, path: FOLDER/made/d, archive: {zip: {}}}
          - {name: kept, path: FOLDER/made/packed.tgz, archive: {none: {}}}
          - {name: usual, path: FOLDER/made/d, s3: {key: usual.tgz}}
    - name: take
      inputs:
        artifacts:
          - {name: zipped, path: FOLDER/zipped}
          - {name: kept, path: FOLDER/kept}
          - {name: usual, path: FOLDER/usual}
          - {name: none, path: FOLDER/none}
      container:
        image: none
        command: [sh, -ec]
        args:
          - |
            cd FOLDER
            cat zipped/f zipped/link usual/f
            test "$(stat -c %a zipped/f)" = 750
            test -L zipped/link
            tar -xzOf kept d/f
            gunzip -t < none
"""

WRONG = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: wrong}
spec:
  entrypoint: main
  templates:
    - name: main
      inputs:
        artifacts:
          - {name: in, path: FOLDER/in, raw: {data: text}, archive: {ARCHIVE: {}}}
      container: {image: none, command: ["true"]}
"""


class Packed(Case):
    options = None

    def run_host(self, manifest):
        (self.folder / "flow.yaml").write_text(manifest.replace("FOLDER", str(self.folder)))
        done = self.run_cli("run", "--runtime", "host", str(self.folder / "flow.yaml"))
        return done.returncode, done.stdout + done.stderr

    def test_what_was_packed_is_unpacked_as_it_was(self):
        code, said = self.run_host(WORKFLOW)
        self.assertEqual(code, 0, said)

    def test_what_is_not_as_it_says_is_refused(self):
        for archive in ("zip", "tar"):
            code, said = self.run_host(WRONG.replace("ARCHIVE", archive))
            self.assertNotEqual(code, 0, said)
            self.assertRegex(said, f"(not a|the) {archive} file.*: Unrecognized archive format")


if __name__ == "__main__":
    unittest.main()
