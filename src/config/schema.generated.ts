// Made from schemas/config.schema.json by scripts/generate-types.mjs; change the schema and run
// `npm run generate`.
/* eslint-disable max-lines */

export const configSchema: Readonly<Record<string, unknown>> = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Config',
  description:
    'A deployment of HTCondor pools in containers across clouds, and the workflow to run on it.',
  type: 'object',
  additionalProperties: false,
  required: ['clusters', 'containers', 'network'],
  'x-write': 'an object',
  examples: [{ clusters: [{ id: 'local', engine: 'embedded' }], containers: [], network: {} }],
  properties: {
    $schema: {
      description:
        'Where this schema is, so that an editor can complete and check the file while it is written.',
      type: 'string',
      minLength: 1,
      'x-write': 'the path of the schema',
      examples: ['../schemas/config.schema.json'],
    },
    name: {
      description:
        'Names the deployment: its Docker network, its embedded Marathons and its volumes. Two deployments on one machine need two names. Default: `crossflock`.',
      type: 'string',
      minLength: 1,
      'x-write': 'a name',
      examples: ['crossflock', 'golub'],
    },
    ssh: { $ref: '#/definitions/ssh' },
    docker: { $ref: '#/definitions/docker' },
    images: { $ref: '#/definitions/images' },
    clusters: {
      description: 'The clusters that containers can be placed on, each with a Marathon.',
      type: 'array',
      minItems: 1,
      items: { $ref: '#/definitions/cluster' },
      'x-write': 'a list of clusters',
      examples: [[{ id: 'chameleon', marathon_uri: 'http://192.0.2.10:9090/v2/apps' }]],
    },
    containers: {
      description:
        'The containers to run: one submitter, and executors for it to send its jobs to. May be empty as long as hosts are only provisioned.',
      type: 'array',
      items: { $ref: '#/definitions/container' },
      'x-write': 'a list of containers',
      examples: [
        [
          {
            id: 'runner1',
            cluster: 'chameleon',
            image: 'crossflock/executor',
            n_cpus: 4,
            mem: 4096,
          },
        ],
      ],
    },
    network: { $ref: '#/definitions/network' },
    workflow: { $ref: '#/definitions/workflow' },
  },
  definitions: {
    secretEnv: {
      title: 'SecretEnv',
      description: 'A secret in an environment variable of the machine that runs crossflock.',
      type: 'object',
      additionalProperties: false,
      required: ['$env'],
      properties: {
        $env: {
          description:
            'Name of the environment variable. An unset or empty one must be set before anything is deployed.',
          type: 'string',
          minLength: 1,
          pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
          'x-write': 'the name of an environment variable',
          examples: ['IRODS_PASSWORD'],
        },
      },
      examples: [{ $env: 'IRODS_PASSWORD' }],
      'x-write': 'an object',
    },
    secretFile: {
      title: 'SecretFile',
      description: 'A secret in a file. Line breaks at its end do not count.',
      type: 'object',
      additionalProperties: false,
      required: ['$file'],
      properties: {
        $file: {
          description: 'Path of the file, relative to the folder of the configuration file.',
          type: 'string',
          minLength: 1,
          'x-write': 'the path of a file',
          examples: ['secrets/irods-password'],
        },
      },
      examples: [{ $file: 'secrets/irods-password' }],
      'x-write': 'an object',
    },
    textOrSecret: {
      title: 'TextOrSecret',
      description:
        'A string as it is, or a reference to a secret, which is read when the file is loaded and never shown.',
      anyOf: [
        { type: 'string' },
        { $ref: '#/definitions/secretEnv' },
        { $ref: '#/definitions/secretFile' },
      ],
      'x-write': 'a string, {"$env": "NAME"} or {"$file": "path"}',
      examples: ['text', { $env: 'IRODS_PASSWORD' }, { $file: 'secrets/irods-password' }],
    },
    cluster: {
      title: 'ClusterConfig',
      description:
        'A cluster: either a Marathon that is already there, or a machine whose Docker Engine gets an embedded one.',
      type: 'object',
      additionalProperties: false,
      required: ['id'],
      properties: {
        id: {
          description:
            'How containers refer to the cluster; also the name of the cloud in reports.',
          type: 'string',
          minLength: 1,
          'x-write': 'a name',
          examples: ['chameleon', 'azure'],
        },
        marathon_uri: {
          description:
            'Where an existing Marathon answers, with or without `/v2/apps`. Leave it out where `engine` is `embedded`.',
          type: 'string',
          minLength: 1,
          'x-write': 'the address of a Marathon',
          examples: ['http://192.0.2.10:9090', 'http://192.0.2.10:9090/v2/apps'],
        },
        engine: {
          description:
            "Leave it out for an existing Marathon at `marathon_uri`. With `embedded`, crossflock starts its own Marathon on the Docker Engine of the cluster's host, or of this machine where the cluster has none. With `mesos`, it sets up ZooKeeper, Apache Mesos and Marathon on the cluster's hosts; these are no longer maintained by anybody: see docs/mesos.md before choosing it.",
          anyOf: [
            { title: 'EngineName', type: 'string', enum: ['embedded', 'mesos'] },
            { $ref: '#/definitions/embeddedEngine' },
            { $ref: '#/definitions/mesosEngine' },
          ],
          'x-write': '"embedded", "mesos", or an object with that as its "type"',
          examples: [
            'embedded',
            { type: 'embedded', port: 19090, resources: { cpus: 6, mem: 8192, disk: 100000 } },
          ],
        },
        hosts: {
          description:
            'The machines of the cluster. The embedded engine serves one; without hosts it runs on the machine that runs crossflock. The engine `mesos` serves any number.',
          type: 'array',
          minItems: 1,
          items: { $ref: '#/definitions/host' },
          'x-write': 'a list of hosts',
          examples: [[{ address: '192.0.2.10', user: 'cc' }]],
        },
        auth: { $ref: '#/definitions/auth' },
        price_per_core_hour: {
          description:
            'What an hour of one core costs in this cluster, in any currency. With it, `run-kinc` and `workflow watch` show what a run has cost so far: the core-hours that its jobs had, times this. Default: no cost is shown.',
          type: 'number',
          minimum: 0,
          'x-write': 'a number from 0',
          examples: [0.04],
        },
      },
      'x-write': 'an object',
      examples: [{ id: 'azure', engine: 'embedded' }],
    },
    embeddedEngine: {
      title: 'EmbeddedEngineConfig',
      description: 'The embedded Marathon of a cluster, with its settings.',
      type: 'object',
      additionalProperties: false,
      required: ['type'],
      properties: {
        type: {
          description: 'The kind of engine.',
          type: 'string',
          enum: ['embedded'],
          'x-write': 'the kind of engine',
          examples: ['embedded'],
        },
        port: {
          description:
            'Port on 127.0.0.1 that the embedded Marathon listens on. Default: 19090 for the first embedded cluster, 19091 for the second, and so on.',
          type: 'integer',
          minimum: 1,
          maximum: 65535,
          'x-write': 'a port number',
          examples: [19090],
        },
        resources: { $ref: '#/definitions/engineResources' },
      },
      'x-write': 'an object',
      examples: [{ type: 'embedded', port: 19090 }],
    },
    mesosEngine: {
      title: 'MesosEngineConfig',
      description:
        'ZooKeeper, Apache Mesos and Marathon on the hosts of a cluster, with their settings. See docs/mesos.md.',
      type: 'object',
      additionalProperties: false,
      required: ['type'],
      properties: {
        type: {
          description: 'The kind of engine.',
          type: 'string',
          enum: ['mesos'],
          'x-write': 'the kind of engine',
          examples: ['mesos'],
        },
        install: {
          description:
            'Where Mesos comes from: `images`, or `source`, which compiles it on every host of the cluster. Default: `images`.',
          type: 'string',
          enum: ['images', 'source'],
          'x-write': '"images" or "source"',
          examples: ['images'],
        },
        cores: {
          description: 'Cores to compile with, where `install` is `source`. Default: 4.',
          type: 'integer',
          minimum: 1,
          'x-write': 'a whole number from 1',
          examples: [4],
        },
        images: { $ref: '#/definitions/mesosImages' },
        ports: { $ref: '#/definitions/mesosPorts' },
        resources: {
          description: 'What each agent offers. Default: what Mesos finds on its host.',
          $ref: '#/definitions/engineResources',
        },
        flags: { $ref: '#/definitions/mesosFlags' },
      },
      'x-write': 'an object',
      examples: [{ type: 'mesos', flags: { agent: { attributes: 'rack:1' } } }],
    },
    mesosImages: {
      title: 'MesosImages',
      description: 'The images of the engine, with their tags.',
      type: 'object',
      additionalProperties: false,
      properties: {
        prefix: {
          description: 'What to put in front of the default names: a registry that mirrors them.',
          type: 'string',
          minLength: 1,
          'x-write': 'the address of a registry',
          examples: ['registry.example.org/mirror'],
        },
        zookeeper: {
          description: 'Image of ZooKeeper. Default: `zookeeper:3.8`.',
          type: 'string',
          minLength: 1,
          'x-write': 'the name of an image',
          examples: ['zookeeper:3.8'],
        },
        master: {
          description: 'Image of the Mesos master. Default: `mesosphere/mesos-master:1.7.1`.',
          type: 'string',
          minLength: 1,
          'x-write': 'the name of an image',
          examples: ['mesosphere/mesos-master:1.7.1'],
        },
        agent: {
          description: 'Image of the Mesos agent. Default: `mesosphere/mesos-slave:1.7.1`.',
          type: 'string',
          minLength: 1,
          'x-write': 'the name of an image',
          examples: ['mesosphere/mesos-slave:1.7.1'],
        },
        marathon: {
          description: 'Image of Marathon. Default: `mesosphere/marathon:v1.11.24`.',
          type: 'string',
          minLength: 1,
          'x-write': 'the name of an image',
          examples: ['mesosphere/marathon:v1.11.24'],
        },
      },
      'x-write': 'an object',
      examples: [{ prefix: 'registry.example.org/mirror' }],
    },
    mesosPorts: {
      title: 'MesosPorts',
      description:
        'Ports that the parts of the engine listen on, at the private addresses of the hosts; at 127.0.0.1 where the cluster has one host.',
      type: 'object',
      additionalProperties: false,
      properties: {
        zookeeper: {
          description: 'Port of ZooKeeper, for its clients. Default: 2181.',
          type: 'integer',
          minimum: 1,
          maximum: 65535,
          'x-write': 'a port number',
          examples: [2181],
        },
        zookeeper_peer: {
          description: 'Port of ZooKeeper, for the other members of the ensemble. Default: 2888.',
          type: 'integer',
          minimum: 1,
          maximum: 65535,
          'x-write': 'a port number',
          examples: [2888],
        },
        zookeeper_election: {
          description: 'Port of ZooKeeper, for elections. Default: 3888.',
          type: 'integer',
          minimum: 1,
          maximum: 65535,
          'x-write': 'a port number',
          examples: [3888],
        },
        master: {
          description: 'Port of the Mesos master. Default: 5050.',
          type: 'integer',
          minimum: 1,
          maximum: 65535,
          'x-write': 'a port number',
          examples: [5050],
        },
        agent: {
          description: 'Port of the Mesos agent. Default: 5051.',
          type: 'integer',
          minimum: 1,
          maximum: 65535,
          'x-write': 'a port number',
          examples: [5051],
        },
        marathon: {
          description: 'Port of Marathon. Default: 8080.',
          type: 'integer',
          minimum: 1,
          maximum: 65535,
          'x-write': 'a port number',
          examples: [8080],
        },
      },
      'x-write': 'an object',
      examples: [{ marathon: 9090 }],
    },
    mesosFlags: {
      title: 'MesosFlags',
      description:
        'Flags to add to those that crossflock sets, by their long names without `--`. `true` and `false` are for flags without a value.',
      type: 'object',
      additionalProperties: false,
      properties: {
        master: {
          description: 'Flags of the Mesos master.',
          $ref: '#/definitions/flagValues',
          examples: [{ max_completed_frameworks: 10 }],
        },
        agent: {
          description: 'Flags of the Mesos agent.',
          $ref: '#/definitions/flagValues',
          examples: [{ attributes: 'rack:1' }],
        },
        marathon: {
          description: 'Flags of Marathon.',
          $ref: '#/definitions/flagValues',
          examples: [{ max_running_deployments: 20 }],
        },
      },
      'x-write': 'an object',
      examples: [{ agent: { attributes: 'rack:1' } }],
    },
    flagValues: {
      title: 'FlagValues',
      description: 'Flags by name.',
      type: 'object',
      propertyNames: { pattern: '^[a-z][a-z0-9_]*$' },
      additionalProperties: {
        anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }],
        'x-write': 'a text, a number, true or false',
      },
      'x-write': 'an object of flags',
      examples: [{ attributes: 'rack:1' }],
    },
    engineResources: {
      title: 'EngineResources',
      description:
        'What the embedded Marathon may give to containers. Default: what the machine has.',
      type: 'object',
      additionalProperties: false,
      properties: {
        cpus: {
          description:
            'CPUs on offer. More than the machine has is allowed: containers then share.',
          type: 'number',
          exclusiveMinimum: 0,
          'x-write': 'a number of CPUs',
          examples: [6],
        },
        mem: {
          description: 'Memory on offer, in MB.',
          type: 'number',
          exclusiveMinimum: 0,
          'x-write': 'a number of megabytes',
          examples: [8192],
        },
        disk: {
          description: 'Disk space on offer, in MB.',
          type: 'number',
          minimum: 0,
          'x-write': 'a number of megabytes',
          examples: [100000],
        },
      },
      'x-write': 'an object',
      examples: [{ cpus: 6, mem: 8192, disk: 100000 }],
    },
    auth: {
      title: 'AuthConfig',
      description: 'Basic authentication at the Marathon.',
      type: 'object',
      additionalProperties: false,
      required: ['username', 'password'],
      properties: {
        username: {
          description: 'User name.',
          type: 'string',
          minLength: 1,
          'x-write': 'a user name',
          examples: ['marathon'],
        },
        password: {
          description: 'Password; better a reference to a secret than the password itself.',
          $ref: '#/definitions/textOrSecret',
          examples: [{ $env: 'MARATHON_PASSWORD' }, { $file: 'secrets/marathon-password' }],
        },
      },
      'x-write': 'an object',
      examples: [{ username: 'marathon', password: { $env: 'MARATHON_PASSWORD' } }],
    },
    container: {
      title: 'ContainerConfig',
      description: 'A container: an app on the Marathon of its cluster, with a virtual IP.',
      type: 'object',
      additionalProperties: false,
      required: ['id', 'cluster', 'image', 'n_cpus', 'mem'],
      properties: {
        id: {
          description:
            'Names the container, its app and its host name in the pool: lower-case letters, digits, `-` and `.`.',
          type: 'string',
          minLength: 1,
          'x-write': 'a name',
          examples: ['submitter', 'runner1'],
        },
        cluster: {
          description: 'Id of the cluster to run on.',
          type: 'string',
          minLength: 1,
          'x-write': 'the id of a cluster',
          examples: ['chameleon'],
        },
        image: {
          description: 'Docker image.',
          type: 'string',
          minLength: 1,
          'x-write': 'the name of an image',
          examples: ['crossflock/executor', 'scidas/kinc-submitter'],
        },
        role: {
          description:
            'What the container is in the pool. Default: `submitter` where the id or the image contains "submitter", `executor` where one contains "executor", "worker" or "runner", otherwise `other`.',
          type: 'string',
          enum: ['submitter', 'executor', 'other'],
          'x-write': '"submitter", "executor" or "other"',
          examples: ['executor'],
        },
        n_cpus: {
          description: 'CPUs. An executor offers as many slots.',
          type: 'number',
          exclusiveMinimum: 0,
          'x-write': 'a number of CPUs',
          examples: [4],
        },
        mem: {
          description:
            'Memory in MB. A KINC job needs 1024 MB, so an executor needs `n_cpus` times as much.',
          type: 'number',
          exclusiveMinimum: 0,
          'x-write': 'a number of megabytes',
          examples: [4096],
        },
        disk: {
          description: 'Disk space in MB. Default: 0.',
          type: 'number',
          minimum: 0,
          'x-write': 'a number of megabytes',
          examples: [10000],
        },
        instances: {
          description:
            'How many of this container to run. With n above 1 they are called `<id>-1` to `<id>-n`, and the address in `network.containers` is the first of n consecutive ones. Default: 1.',
          type: 'integer',
          minimum: 1,
          maximum: 1000,
          'x-write': 'a whole number from 1 to 1000',
          examples: [3],
        },
        ports: {
          description: 'Ports of the container that its host forwards to it. Default: none.',
          type: 'array',
          items: { $ref: '#/definitions/port' },
          'x-write': 'a list of ports',
          examples: [[{ container_port: 22, host_port: 0, protocol: 'tcp' }]],
        },
        args: {
          description:
            'Arguments for the image, each a string or a secret. The flock list `-f` of the submitter may be left out: it is then made of the addresses of all executors.',
          type: 'array',
          items: { $ref: '#/definitions/textOrSecret' },
          'x-write': 'a list of strings',
          examples: [['-k', { $file: 'id_ed25519.pub' }, '-p', { $env: 'IRODS_PASSWORD' }]],
        },
        env: {
          description:
            'Environment variables, each a string or a secret. `SCIDAS_RESC_CPUS`, `SCIDAS_RESC_MEM` and `SCIDAS_APP_NETWORK` are worked out where they are not given.',
          type: 'object',
          propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
          additionalProperties: { $ref: '#/definitions/textOrSecret' },
          'x-write': 'an object of strings',
          examples: [{ OMP_NUM_THREADS: '1', IRODS_PASSWORD: { $env: 'IRODS_PASSWORD' } }],
        },
        volumes: {
          description:
            'Folders of the host, or named Docker volumes, to mount. Default: none, but a submitter keeps its state in a named volume at `/var/lib/crossflock`.',
          type: 'array',
          items: { $ref: '#/definitions/volume' },
          'x-write': 'a list of volumes',
          examples: [[{ container_path: '/data', host_path: '/srv/gem', mode: 'RO' }]],
        },
        labels: {
          description: 'Labels of the app. Names beginning with `crossflock.` are taken.',
          type: 'object',
          additionalProperties: { type: 'string', 'x-write': 'a string', examples: ['genomics'] },
          'x-write': 'an object of strings',
          examples: [{ team: 'genomics' }],
        },
        constraints: {
          description:
            "Where on the cluster the container may run, in Marathon's form: field, operator and, for most operators, a value.",
          type: 'array',
          items: {
            type: 'array',
            minItems: 2,
            maxItems: 3,
            items: { type: 'string', 'x-write': 'a string', examples: ['hostname'] },
            'x-write': 'a list of two or three strings',
            examples: [['hostname', 'UNIQUE']],
          },
          'x-write': 'a list of constraints',
          examples: [
            [
              ['hostname', 'UNIQUE'],
              ['hostname', 'LIKE', 'node-[1-3]'],
            ],
          ],
        },
        health_checks: {
          description:
            "How Marathon finds out whether the container is well, in Marathon's form. Default: none.",
          type: 'array',
          items: { $ref: '#/definitions/healthCheck' },
          'x-write': 'a list of health checks',
          examples: [
            [{ protocol: 'COMMAND', command: { value: 'condor_status' }, gracePeriodSeconds: 60 }],
          ],
        },
        privileged: {
          description:
            'Run with all privileges of the host. Nothing of crossflock needs it. Default: false.',
          type: 'boolean',
          'x-write': 'true or false',
          examples: [false],
        },
        kill_grace_seconds: {
          description:
            'Seconds between asking the container to end and killing it. Default: 15 for submitters and executors, otherwise what Marathon does.',
          type: 'integer',
          minimum: 0,
          maximum: 3600,
          'x-write': 'a whole number of seconds',
          examples: [30],
        },
      },
      'x-write': 'an object',
      examples: [
        { id: 'runner1', cluster: 'chameleon', image: 'crossflock/executor', n_cpus: 4, mem: 4096 },
      ],
    },
    port: {
      title: 'PortConfig',
      description: 'A port of a container.',
      type: 'object',
      additionalProperties: false,
      required: ['container_port'],
      properties: {
        container_port: {
          description: 'Port inside the container.',
          type: 'integer',
          minimum: 1,
          maximum: 65535,
          'x-write': 'a port number',
          examples: [22],
        },
        host_port: {
          description: 'Port on the host; with 0 Marathon picks one. Default: 0.',
          type: 'integer',
          minimum: 0,
          maximum: 65535,
          'x-write': 'a port number, or 0',
          examples: [0, 2222],
        },
        protocol: {
          description: 'Protocol. Default: `tcp`.',
          type: 'string',
          enum: ['tcp', 'udp', 'udp,tcp'],
          'x-write': '"tcp", "udp" or "udp,tcp"',
          examples: ['tcp'],
        },
        name: {
          description: 'Name of the port, for `PORT_<NAME>` in the environment.',
          type: 'string',
          minLength: 1,
          pattern: '^[a-z0-9-]+$',
          'x-write': 'a name of lower-case letters, digits and "-"',
          examples: ['ssh'],
        },
      },
      'x-write': 'an object',
      examples: [{ container_port: 22, host_port: 0, protocol: 'tcp' }],
    },
    volume: {
      title: 'VolumeConfig',
      description: 'A folder of the host or a named Docker volume, seen inside the container.',
      type: 'object',
      additionalProperties: false,
      required: ['container_path'],
      properties: {
        container_path: {
          description: 'Absolute path inside the container.',
          type: 'string',
          minLength: 1,
          pattern: '^/',
          'x-write': 'an absolute path',
          examples: ['/data'],
        },
        host_path: {
          description: 'Absolute path on the host. Either this or `name`.',
          type: 'string',
          minLength: 1,
          pattern: '^/',
          'x-write': 'an absolute path',
          examples: ['/srv/gem'],
        },
        name: {
          description:
            'Name of a Docker volume, made where there is none. Either this or `host_path`.',
          type: 'string',
          minLength: 1,
          pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]+$',
          'x-write': 'the name of a Docker volume',
          examples: ['gem-data'],
        },
        mode: {
          description: 'Read-write or read-only. Default: `RW`.',
          type: 'string',
          enum: ['RW', 'RO'],
          'x-write': '"RW" or "RO"',
          examples: ['RO'],
        },
      },
      'x-write': 'an object',
      examples: [{ container_path: '/data', host_path: '/srv/gem', mode: 'RO' }],
    },
    healthCheck: {
      title: 'HealthCheckConfig',
      description: "A health check, in Marathon's form.",
      type: 'object',
      additionalProperties: false,
      properties: {
        protocol: {
          description:
            'How to check: a request or connection by Marathon, or a command inside the container. Default: `HTTP`.',
          type: 'string',
          enum: ['HTTP', 'HTTPS', 'TCP', 'COMMAND', 'MESOS_HTTP', 'MESOS_HTTPS', 'MESOS_TCP'],
          'x-write':
            '"HTTP", "HTTPS", "TCP", "COMMAND", "MESOS_HTTP", "MESOS_HTTPS" or "MESOS_TCP"',
          examples: ['COMMAND'],
        },
        command: {
          title: 'HealthCheckCommand',
          description: 'The command, where `protocol` is `COMMAND`.',
          type: 'object',
          additionalProperties: false,
          required: ['value'],
          properties: {
            value: {
              description: 'Command line for a shell; the container is well when it ends with 0.',
              type: 'string',
              minLength: 1,
              'x-write': 'a command line',
              examples: ['condor_status'],
            },
          },
          examples: [{ value: 'condor_status' }],
          'x-write': 'an object',
        },
        path: {
          description: 'Path to request, where `protocol` is an HTTP one. Default: `/`.',
          type: 'string',
          minLength: 1,
          'x-write': 'a path',
          examples: ['/ping'],
        },
        port: {
          description: 'Port to check.',
          type: 'integer',
          minimum: 1,
          maximum: 65535,
          'x-write': 'a port number',
          examples: [8080],
        },
        portIndex: {
          description: 'Which of `ports` to check, counted from 0. Default: 0.',
          type: 'integer',
          minimum: 0,
          'x-write': 'a whole number from 0',
          examples: [0],
        },
        gracePeriodSeconds: {
          description: 'Seconds after the start in which failures do not count. Default: 300.',
          type: 'integer',
          minimum: 0,
          'x-write': 'a whole number of seconds',
          examples: [60],
        },
        intervalSeconds: {
          description: 'Seconds between two checks. Default: 60.',
          type: 'integer',
          minimum: 0,
          'x-write': 'a whole number of seconds',
          examples: [10],
        },
        timeoutSeconds: {
          description: 'Seconds a check may take. Default: 20.',
          type: 'integer',
          minimum: 0,
          'x-write': 'a whole number of seconds',
          examples: [10],
        },
        delaySeconds: {
          description:
            'Seconds before the first check, for `COMMAND` and `MESOS_` protocols. Default: 15.',
          type: 'integer',
          minimum: 0,
          'x-write': 'a whole number of seconds',
          examples: [5],
        },
        maxConsecutiveFailures: {
          description:
            'Failures in a row after which the container is started anew; 0 means never. Default: 3.',
          type: 'integer',
          minimum: 0,
          'x-write': 'a whole number from 0',
          examples: [3],
        },
        ignoreHttp1xx: {
          description: 'Whether answers 100 to 199 count as neither good nor bad. Default: false.',
          type: 'boolean',
          'x-write': 'true or false',
          examples: [false],
        },
        ipProtocol: {
          description: 'IP version to connect with. Default: `IPv4`.',
          type: 'string',
          enum: ['IPv4', 'IPv6'],
          'x-write': '"IPv4" or "IPv6"',
          examples: ['IPv4'],
        },
      },
      'x-write': 'an object',
      examples: [{ protocol: 'COMMAND', command: { value: 'condor_status' } }],
    },
    network: {
      title: 'NetworkConfig',
      description: 'The virtual network that the containers reach each other by.',
      type: 'object',
      additionalProperties: false,
      required: ['cidr'],
      properties: {
        cidr: {
          description:
            'Address range of the network. Its last usable addresses are kept for the hosts: one for each.',
          type: 'string',
          minLength: 1,
          'x-write': 'an address range',
          examples: ['172.16.0.0/24'],
        },
        driver: {
          description:
            'How containers get their addresses and reach each other. `bridge`: a Docker network, on one machine. `wireguard`: encrypted, across hosts. `weave`: Weave Net, across hosts. Default: `wireguard` where a cluster has hosts, otherwise `bridge`.',
          type: 'string',
          enum: ['bridge', 'wireguard', 'weave'],
          'x-write': '"bridge", "wireguard" or "weave"',
          examples: ['wireguard'],
        },
        port: {
          description: "UDP port that the hosts reach each other's `wireguard` at. Default: 51820.",
          type: 'integer',
          minimum: 1,
          maximum: 65535,
          'x-write': 'a port number',
          examples: [51820],
        },
        weave: { $ref: '#/definitions/weave' },
        containers: {
          description:
            'The addresses of containers. A container that is not listed gets the first free one, in the order of `containers`.',
          type: 'array',
          items: { $ref: '#/definitions/address' },
          'x-write': 'a list of addresses',
          examples: [[{ id: 'submitter', ip_addr: '172.16.0.1' }]],
        },
      },
      examples: [
        { cidr: '172.16.0.0/24', containers: [{ id: 'submitter', ip_addr: '172.16.0.1' }] },
      ],
      'x-write': 'an object',
    },
    address: {
      title: 'AddressConfig',
      description: 'The virtual IP of one container.',
      type: 'object',
      additionalProperties: false,
      required: ['id', 'ip_addr'],
      properties: {
        id: {
          description: 'Id of the container.',
          type: 'string',
          minLength: 1,
          'x-write': 'the id of a container',
          examples: ['submitter'],
        },
        ip_addr: {
          description: 'Its virtual IP; with `instances` above 1, the first of them.',
          type: 'string',
          minLength: 1,
          'x-write': 'an address',
          examples: ['172.16.0.1'],
        },
      },
      'x-write': 'an object',
      examples: [{ id: 'submitter', ip_addr: '172.16.0.1' }],
    },
    workflow: {
      title: 'WorkflowConfig',
      description:
        'What to run on the pool. The matrix and the number of jobs can be given on the command line too: `--gem`, `--jobs`.',
      type: 'object',
      additionalProperties: false,
      properties: {
        type: {
          description:
            "Kind of workflow, a recipe of docs/recipes.md: `kinc` builds a gene co-expression network, `kinc3` does so with KINC 3, `osg-kinc` has the original images' own OSG-KINC do so with Pegasus, `command` runs any program over a manifest, `photodemo` measures the luminance of photos. Default: `command` where `workflow.command` is there, `kinc3` where `workflow.kinc3` is, `photodemo` where `workflow.photodemo` is, otherwise `kinc`.",
          type: 'string',
          enum: ['kinc', 'kinc3', 'osg-kinc', 'command', 'photodemo'],
          'x-write': '"kinc", "kinc3", "osg-kinc", "command" or "photodemo"',
          examples: ['kinc'],
        },
        gem: {
          description:
            'The gene expression matrix: a tab-separated file, gzipped or not. Relative to the folder of the configuration file.',
          type: 'string',
          minLength: 1,
          'x-write': 'the path of a file',
          examples: ['../data/golub-gem.txt.gz'],
        },
        jobs: {
          description:
            'Number of similarity jobs to cut the work into. `auto` works it out from the matrix, the slots of the pool and how fast its executors are. Default: `auto`.',
          anyOf: [
            { title: 'JobCount', type: 'integer', minimum: 1, maximum: 100000 },
            { title: 'JobAdvice', type: 'string', enum: ['auto'] },
          ],
          'x-write': 'a whole number from 1 to 100000, or "auto"',
          examples: [200, 'auto'],
        },
        method: {
          description: "Correlation: `sc` is Spearman's, `pc` is Pearson's. Default: `sc`.",
          type: 'string',
          enum: ['sc', 'pc'],
          'x-write': '"sc" or "pc"',
          examples: ['sc'],
        },
        min_obs: {
          description: 'Samples that two genes must have in common to be compared. Default: 30.',
          type: 'integer',
          minimum: 2,
          'x-write': 'a whole number from 2',
          examples: [30],
        },
        na_val: {
          description: 'How the matrix writes a missing value. Default: `NA`.',
          type: 'string',
          minLength: 1,
          'x-write': 'a string',
          examples: ['NA'],
        },
        threshold: {
          description:
            'Genes whose correlation is at least this (in absolute value) are connected; `rmt` finds the value by random matrix theory. Default: `rmt`.',
          anyOf: [
            { title: 'ThresholdValue', type: 'number', minimum: 0, maximum: 1 },
            { title: 'ThresholdMethod', type: 'string', enum: ['rmt'] },
          ],
          'x-write': 'a number from 0 to 1, or "rmt"',
          examples: [0.8, 'rmt'],
        },
        request_memory_mb: {
          description: 'Memory that each job asks for, in MB. Default: 1024.',
          type: 'integer',
          minimum: 1,
          'x-write': 'a whole number of megabytes',
          examples: [1024],
        },
        retries: {
          description: 'How often a failed job is tried again. Default: 2.',
          type: 'integer',
          minimum: 0,
          maximum: 20,
          'x-write': 'a whole number from 0 to 20',
          examples: [2],
        },
        command: { $ref: '#/definitions/command' },
        photodemo: { $ref: '#/definitions/photodemo' },
        osg_kinc: { $ref: '#/definitions/osgKinc' },
        kinc3: { $ref: '#/definitions/kinc3' },
      },
      examples: [{ type: 'kinc', gem: '../data/golub-gem.txt.gz', method: 'sc', threshold: 0.8 }],
      'x-write': 'an object',
    },
    osgKinc: {
      title: 'OsgKincConfig',
      description:
        'Where the submitter\'s image has OSG-KINC, for `type: "osg-kinc"`. The defaults are those of the original images, so that it can be left out. Of `workflow`, only `jobs` counts beside it. See docs/recipes.md.',
      type: 'object',
      additionalProperties: false,
      properties: {
        directory: {
          description:
            'Folder of OSG-KINC in the submitter. Default: `/home/condor_pool/OSG-KINC`.',
          type: 'string',
          pattern: '^/',
          'x-write': 'an absolute path',
          examples: ['/home/condor_pool/OSG-KINC'],
        },
        program: {
          description:
            'The program there that plans and submits, with the number of jobs as its first argument. Default: `./submit`.',
          type: 'string',
          minLength: 1,
          'x-write': 'the path of a program',
          examples: ['./submit'],
        },
        arguments: {
          description:
            'What comes after the number of jobs: OSG-KINC takes the path of a matrix in iRODS. Default: nothing.',
          type: 'array',
          items: { type: 'string', minLength: 1, 'x-write': 'a string' },
          'x-write': 'a list of strings',
          examples: [['/myirodszone/home/user/test.tar.gz']],
        },
        outputs: {
          description:
            "Folder that Pegasus puts the outputs into, relative to the run's directory. Default: `outputs`. OSG-KINC before 2018 had `../../outputs`.",
          type: 'string',
          minLength: 1,
          'x-write': 'the path of a folder',
          examples: ['outputs'],
        },
        results: {
          description:
            "Outputs that a finished run must have, and that are fetched; `{job}` stands for each number from 1 to `jobs`. They may be large: with an empty list they stay in the submitter. Default: what OSG-KINC's jobs leave.",
          type: 'array',
          items: { type: 'string', pattern: '^[^/]+$', 'x-write': 'the name of a file' },
          'x-write': 'a list of names',
          examples: [['kinc.out.{job}', 'clusters-sc{job}.tar.gz']],
        },
      },
      examples: [{ results: ['kinc.out.{job}'] }],
      'x-write': 'an object',
    },
    command: {
      title: 'CommandConfig',
      description:
        'Any program over the rows of any manifest, for `crossflock workflow run`. How often a job is tried and its memory are `workflow.retries` and `workflow.request_memory_mb`. See docs/recipes.md.',
      type: 'object',
      additionalProperties: false,
      required: ['program', 'manifest'],
      properties: {
        program: {
          description:
            "The program of a job and its arguments. `{column}` stands for a row's value, `{job}` for the number of the job, `{{word}}` for `{word}`. A program with a relative path, such as `./count.sh`, is sent along, from the folder of the configuration file; any other must be on the executors.",
          $ref: '#/definitions/programWords',
          examples: [['./count.sh', '{file}']],
        },
        manifest: {
          description:
            'What there is to do: a `.tsv` or `.csv` file whose first line names the columns, or a `.jsonl` file with an object a line. Relative to the folder of the configuration file.',
          type: 'string',
          minLength: 1,
          pattern: '\\.(tsv|csv|jsonl)$',
          'x-write': 'the path of a .tsv, .csv or .jsonl file',
          examples: ['photos.csv'],
        },
        chunk: {
          description:
            'Rows of a job. With more than one, a job has its rows in a file `rows.tsv`, `rows.csv` or `rows.jsonl` of its folder, with the header, and `{column}` cannot be used. Default: 1.',
          type: 'integer',
          minimum: 1,
          'x-write': 'a whole number from 1',
          examples: [200],
        },
        inputs: {
          description:
            'Files to send to every job, and to the last step; there they are in the folder that the program runs in. Relative to the folder of the configuration file. Default: none.',
          type: 'array',
          items: { type: 'string', minLength: 1, 'x-write': 'the path of a file' },
          'x-write': 'a list of files',
          examples: [['model.bin']],
        },
        outputs: {
          description:
            'Names of the files that each job must leave in the folder it runs in, not empty; `{column}` and `{job}` as in `program`. Default: what the job prints is its result, `<job>.txt`.',
          $ref: '#/definitions/outputNames',
          examples: [['{id}.json']],
        },
        gather: { $ref: '#/definitions/gather' },
        cpus: {
          description: 'Cores that each job asks for. Default: 1.',
          type: 'integer',
          minimum: 1,
          'x-write': 'a whole number from 1',
          examples: [2],
        },
        disk_mb: {
          description: 'Disk space that each job asks for, in MB. Default: 256.',
          type: 'integer',
          minimum: 1,
          'x-write': 'a whole number of megabytes',
          examples: [2048],
        },
      },
      examples: [
        { program: ['./count.sh', '{file}'], manifest: 'texts.csv', outputs: ['{id}.count'] },
      ],
      'x-write': 'an object',
    },
    kinc3: {
      title: 'Kinc3Config',
      description:
        "What KINC version 3 is told beyond what `workflow` says for every matrix: `method`, `min_obs`, `na_val` and `threshold`. The defaults are KINC's own. See docs/recipes.md.",
      type: 'object',
      additionalProperties: false,
      properties: {
        program: {
          description:
            'How KINC is started on an executor. Default: `kinc3`, the program of the image crossflock/executor-kinc3.',
          $ref: '#/definitions/programWords',
          examples: [['kinc3']],
        },
        clustering: {
          description:
            'What is done to the samples of a pair before they are correlated: `gmm` looks for clusters by Gaussian mixture models, each of which is correlated on its own; `none` takes them together. Default: `none`.',
          type: 'string',
          enum: ['none', 'gmm'],
          'x-write': '"none" or "gmm"',
          examples: ['gmm'],
        },
        min_clusters: {
          description: 'Least number of clusters to try. Default: 1.',
          type: 'integer',
          minimum: 1,
          maximum: 64,
          'x-write': 'a whole number from 1 to 64',
          examples: [1],
        },
        max_clusters: {
          description: 'Largest number of clusters to try. Default: 5.',
          type: 'integer',
          minimum: 1,
          maximum: 64,
          'x-write': 'a whole number from 1 to 64',
          examples: [5],
        },
        criterion: {
          description: 'How the number of clusters is chosen. Default: `ICL`.',
          type: 'string',
          enum: ['AIC', 'BIC', 'ICL'],
          'x-write': '"AIC", "BIC" or "ICL"',
          examples: ['ICL'],
        },
        min_expression: {
          description:
            'A sample counts for a pair from this value of both genes on. Default: all do.',
          type: 'number',
          'x-write': 'a number',
          examples: [0.2],
        },
        max_expression: {
          description:
            'A sample counts for a pair up to this value of both genes. Default: all do.',
          type: 'number',
          'x-write': 'a number',
          examples: [20],
        },
        remove_outliers_before: {
          description: 'Leave outliers out before clusters are looked for. Default: true.',
          type: 'boolean',
          'x-write': 'true or false',
          examples: [true],
        },
        remove_outliers_after: {
          description: 'Leave outliers of each cluster out. Default: true.',
          type: 'boolean',
          'x-write': 'true or false',
          examples: [true],
        },
        min_correlation: {
          description: 'Correlations below this, in absolute value, are not kept. Default: 0.5.',
          type: 'number',
          minimum: 0,
          maximum: 1,
          'x-write': 'a number from 0 to 1',
          examples: [0.5],
        },
        max_correlation: {
          description: 'Correlations above this, in absolute value, are not kept. Default: 1.',
          type: 'number',
          minimum: 0,
          maximum: 1,
          'x-write': 'a number from 0 to 1',
          examples: [0.999],
        },
        rmt: { $ref: '#/definitions/kinc3Rmt' },
        format: {
          description:
            'Columns of the network: `tidy` and `text` also tell the samples of each edge, `minimal` does not and is much smaller. Default: `tidy`.',
          type: 'string',
          enum: ['tidy', 'text', 'minimal'],
          'x-write': '"tidy", "text" or "minimal"',
          examples: ['minimal'],
        },
        fetch_matrices: {
          description:
            "Fetch KINC's own files, `gem.emx`, `gem.ccm` and `gem.cmx`, too, which its other functions take. They may be large. Default: false; they stay in the submitter.",
          type: 'boolean',
          'x-write': 'true or false',
          examples: [true],
        },
      },
      examples: [{ clustering: 'gmm', max_clusters: 5, min_correlation: 0.5 }],
      'x-write': 'an object',
    },
    kinc3Rmt: {
      title: 'Kinc3RmtConfig',
      description:
        'How KINC looks for the threshold, where `workflow.threshold` is `rmt`: from `start` down to `stop`.',
      type: 'object',
      additionalProperties: false,
      properties: {
        start: {
          description: 'The first threshold to try. Default: 0.99.',
          type: 'number',
          minimum: 0,
          maximum: 1,
          'x-write': 'a number from 0 to 1',
          examples: [0.95],
        },
        step: {
          description: 'How much lower the next one is. Default: 0.001.',
          type: 'number',
          exclusiveMinimum: 0,
          maximum: 1,
          'x-write': 'a number above 0, up to 1',
          examples: [0.001],
        },
        stop: {
          description: 'The search fails below this. Default: 0.5.',
          type: 'number',
          minimum: 0,
          maximum: 1,
          'x-write': 'a number from 0 to 1',
          examples: [0.5],
        },
        reduction: {
          description:
            'Which correlation counts of a pair with several clusters: the `first`, the largest in absolute value (`maxcorr`), or a `random` one. Default: `first`.',
          type: 'string',
          enum: ['first', 'maxcorr', 'random'],
          'x-write': '"first", "maxcorr" or "random"',
          examples: ['maxcorr'],
        },
      },
      examples: [{ start: 0.95 }],
      'x-write': 'an object',
    },
    photodemo: {
      title: 'PhotodemoConfig',
      description:
        'Photos with years, whose luminance is drawn over the years: one of `manifest` and `photos`. See docs/recipes.md.',
      type: 'object',
      additionalProperties: false,
      properties: {
        manifest: {
          description:
            'A text file with the URL of a photo and its year in each line, which the executors fetch; `#` starts a comment. Relative to the folder of the configuration file.',
          type: 'string',
          minLength: 1,
          'x-write': 'the path of a text file',
          examples: ['manifest.txt'],
        },
        photos: {
          description:
            "A folder of JPEG files, which the submitter serves to the executors. The year of each is that of `years.csv` or `years.tsv` in the folder, otherwise that in its name or its folder's, otherwise that of its EXIF data (DateTimeOriginal). Relative to the folder of the configuration file.",
          type: 'string',
          minLength: 1,
          'x-write': 'the path of a folder',
          examples: ['photos'],
        },
        chunk: {
          description: 'Photos of a job. Default: 200.',
          type: 'integer',
          minimum: 1,
          'x-write': 'a whole number from 1',
          examples: [100],
        },
        test: {
          description:
            'With so many photos, the first ones, the job is tried in the submitter before anything is submitted; 0: it is not. Default: 5.',
          type: 'integer',
          minimum: 0,
          'x-write': 'a whole number',
          examples: [5, 0],
        },
        luminance: {
          description:
            "How a photo's luminance is worked out: `bt601` is the mean luma of its pixels (ITU-R BT.601), `tutorial` the perceived brightness of the tutorial's own program. Default: `bt601`.",
          type: 'string',
          enum: ['bt601', 'tutorial'],
          'x-write': '"bt601" or "tutorial"',
          examples: ['bt601'],
        },
      },
      examples: [{ photos: 'photos', chunk: 100 }],
      'x-write': 'an object',
    },
    gather: {
      title: 'GatherConfig',
      description:
        'A step that runs once all jobs are done, with their results in its folder `results`. Then its results are those of the run. Default: none; the results of the jobs are those of the run.',
      type: 'object',
      additionalProperties: false,
      required: ['program'],
      properties: {
        program: {
          description: 'The program and its arguments, as `program` of the jobs, without columns.',
          $ref: '#/definitions/programWords',
          examples: [['./plot.py', 'results']],
        },
        outputs: {
          description:
            'Names of the files that it must leave in the folder it runs in, not empty. Default: what it prints, `gather.txt`.',
          $ref: '#/definitions/outputNames',
          examples: [['plot.html']],
        },
      },
      examples: [{ program: ['./plot.py', 'results'], outputs: ['plot.html'] }],
      'x-write': 'an object',
    },
    programWords: {
      title: 'ProgramWords',
      description: 'A program and its arguments, one word each; no shell reads them.',
      type: 'array',
      minItems: 1,
      items: { type: 'string', 'x-write': 'a string' },
      'x-write': 'a list of strings, the program first',
      examples: [['./count.sh', '{file}']],
    },
    outputNames: {
      title: 'OutputNames',
      description: 'Names of files, without folders.',
      type: 'array',
      items: { type: 'string', minLength: 1, 'x-write': 'a name' },
      'x-write': 'a list of file names',
      examples: [['{id}.json']],
    },
    sudoPassword: {
      title: 'SudoPassword',
      description: 'sudo asks for this password.',
      type: 'object',
      additionalProperties: false,
      required: ['password'],
      properties: {
        password: {
          description:
            'Password of the user; better a reference to a secret than the password itself.',
          $ref: '#/definitions/textOrSecret',
          examples: [{ $env: 'SUDO_PASSWORD' }],
        },
      },
      'x-write': 'an object',
      examples: [{ password: { $env: 'SUDO_PASSWORD' } }],
    },
    jumpHost: {
      title: 'JumpHost',
      description: 'A host on the way to another.',
      type: 'object',
      additionalProperties: false,
      required: ['address'],
      properties: {
        address: {
          description:
            "Name or address that the SSH server answers at, or an alias of OpenSSH's configuration. Other clouds reach the host's virtual network there.",
          type: 'string',
          minLength: 1,
          pattern: '^[A-Za-z0-9:][A-Za-z0-9._:%-]*$',
          'x-write': 'a host name or an address',
          examples: ['192.0.2.10', 'login.cloud.example.org'],
        },
        user: {
          description:
            "User to log in as. Default: what OpenSSH's configuration says, else the user who runs crossflock.",
          type: 'string',
          minLength: 1,
          pattern: '^[A-Za-z_][A-Za-z0-9_.-]*\\$?$',
          'x-write': 'a user name',
          examples: ['cc', 'ubuntu'],
        },
        port: {
          description:
            "Port of the SSH server. Default: what OpenSSH's configuration says, else 22.",
          type: 'integer',
          minimum: 1,
          maximum: 65535,
          'x-write': 'a port number',
          examples: [22],
        },
        identity_file: {
          description:
            "Path of the private key, relative to the folder of the configuration file; `~` is the home folder. Default: what OpenSSH's configuration says, the keys that ssh tries by itself, and the agent.",
          type: 'string',
          minLength: 1,
          'x-write': 'the path of a private key',
          examples: ['~/.ssh/id_ed25519'],
        },
      },
      'x-write': 'an object',
      examples: [{ address: '192.0.2.1', user: 'cc' }],
    },
    ssh: {
      title: 'SshConfig',
      description:
        "How to reach the hosts, where a host does not say so itself. OpenSSH's own configuration (`~/.ssh/config`) is asked for what is in neither.",
      type: 'object',
      additionalProperties: false,
      properties: {
        user: {
          description:
            "User to log in as. Default: what OpenSSH's configuration says, else the user who runs crossflock.",
          type: 'string',
          minLength: 1,
          pattern: '^[A-Za-z_][A-Za-z0-9_.-]*\\$?$',
          'x-write': 'a user name',
          examples: ['cc', 'ubuntu'],
        },
        port: {
          description:
            "Port of the SSH server. Default: what OpenSSH's configuration says, else 22.",
          type: 'integer',
          minimum: 1,
          maximum: 65535,
          'x-write': 'a port number',
          examples: [22],
        },
        identity_file: {
          description:
            "Path of the private key, relative to the folder of the configuration file; `~` is the home folder. Default: what OpenSSH's configuration says, the keys that ssh tries by itself, and the agent.",
          type: 'string',
          minLength: 1,
          'x-write': 'the path of a private key',
          examples: ['~/.ssh/id_ed25519'],
        },
        jump: {
          description:
            "Hosts to go through, the first one first, each as `user@address:port` or as an object. Default: what OpenSSH's configuration says.",
          type: 'array',
          items: {
            anyOf: [
              { title: 'JumpText', type: 'string', minLength: 1 },
              { $ref: '#/definitions/jumpHost' },
            ],
            'x-write': '"user@address:port" or an object',
            examples: ['cc@192.0.2.1'],
          },
          'x-write': 'a list of hosts',
          examples: [['cc@192.0.2.1'], [{ address: '192.0.2.1', user: 'cc' }]],
        },
        sudo: {
          description:
            'How to become root on the host, where `user` is not root: `none` (never; the user must be in the group docker, and nothing can be installed), `passwordless`, or a password. Default: `passwordless`.',
          anyOf: [
            { title: 'SudoMode', type: 'string', enum: ['none', 'passwordless'] },
            { $ref: '#/definitions/sudoPassword' },
          ],
          'x-write': '"none", "passwordless" or {"password": {"$env": "NAME"}}',
          examples: ['passwordless', { password: { $env: 'SUDO_PASSWORD' } }],
        },
        config_file: {
          description:
            "OpenSSH's configuration file to honour; `none` honours none. Default: `~/.ssh/config` and the machine's.",
          type: 'string',
          minLength: 1,
          'x-write': 'the path of a file, or "none"',
          examples: ['~/.ssh/config', 'none'],
        },
        known_hosts_file: {
          description:
            "A file of known host keys to trust besides the user's own and crossflock's.",
          type: 'string',
          minLength: 1,
          'x-write': 'the path of a file',
          examples: ['known_hosts'],
        },
        connect_timeout_seconds: {
          description: 'Seconds until a host counts as unreachable. Default: 15.',
          type: 'number',
          exclusiveMinimum: 0,
          maximum: 600,
          'x-write': 'a number of seconds',
          examples: [15],
        },
      },
      'x-write': 'an object',
      examples: [{ user: 'cc', identity_file: '~/.ssh/id_ed25519' }],
    },
    host: {
      title: 'HostConfig',
      description: 'A machine that answers to SSH.',
      type: 'object',
      additionalProperties: false,
      required: ['address'],
      properties: {
        id: {
          description: 'How commands and reports call the host. Default: its address.',
          type: 'string',
          minLength: 1,
          pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]*$',
          'x-write': 'a name',
          examples: ['chameleon-1'],
        },
        address: {
          description:
            "Name or address that the SSH server answers at, or an alias of OpenSSH's configuration. Other clouds reach the host's virtual network there.",
          type: 'string',
          minLength: 1,
          pattern: '^[A-Za-z0-9:][A-Za-z0-9._:%-]*$',
          'x-write': 'a host name or an address',
          examples: ['192.0.2.10', 'login.cloud.example.org'],
        },
        user: {
          description:
            "User to log in as. Default: what OpenSSH's configuration says, else the user who runs crossflock.",
          type: 'string',
          minLength: 1,
          pattern: '^[A-Za-z_][A-Za-z0-9_.-]*\\$?$',
          'x-write': 'a user name',
          examples: ['cc', 'ubuntu'],
        },
        port: {
          description:
            "Port of the SSH server. Default: what OpenSSH's configuration says, else 22.",
          type: 'integer',
          minimum: 1,
          maximum: 65535,
          'x-write': 'a port number',
          examples: [22],
        },
        identity_file: {
          description:
            "Path of the private key, relative to the folder of the configuration file; `~` is the home folder. Default: what OpenSSH's configuration says, the keys that ssh tries by itself, and the agent.",
          type: 'string',
          minLength: 1,
          'x-write': 'the path of a private key',
          examples: ['~/.ssh/id_ed25519'],
        },
        jump: {
          description:
            "Hosts to go through, the first one first, each as `user@address:port` or as an object. Default: what OpenSSH's configuration says.",
          type: 'array',
          items: {
            anyOf: [
              { title: 'JumpText', type: 'string', minLength: 1 },
              { $ref: '#/definitions/jumpHost' },
            ],
            'x-write': '"user@address:port" or an object',
            examples: ['cc@192.0.2.1'],
          },
          'x-write': 'a list of hosts',
          examples: [['cc@192.0.2.1'], [{ address: '192.0.2.1', user: 'cc' }]],
        },
        sudo: {
          description:
            'How to become root on the host, where `user` is not root: `none` (never; the user must be in the group docker, and nothing can be installed), `passwordless`, or a password. Default: `passwordless`.',
          anyOf: [
            { title: 'SudoMode', type: 'string', enum: ['none', 'passwordless'] },
            { $ref: '#/definitions/sudoPassword' },
          ],
          'x-write': '"none", "passwordless" or {"password": {"$env": "NAME"}}',
          examples: ['passwordless', { password: { $env: 'SUDO_PASSWORD' } }],
        },
        role: {
          description:
            'What the host does in a cluster with the engine `mesos`: be one of its masters, with ZooKeeper and Marathon, run containers (`agent`), or both. 1, 3 or 5 hosts are masters. Default: the first host does both, the others are agents; where any host of the cluster has a role, those without one are agents.',
          type: 'string',
          enum: ['master', 'agent', 'both'],
          'x-write': '"master", "agent" or "both"',
          examples: ['both'],
        },
        private_address: {
          description:
            'Address by which the hosts of the same cluster reach it. Default: `address`.',
          type: 'string',
          minLength: 1,
          'x-write': 'an address',
          examples: ['10.0.0.4'],
        },
      },
      'x-write': 'an object',
      examples: [{ address: '192.0.2.10', user: 'cc' }],
    },
    docker: {
      title: 'DockerConfig',
      description: 'How Docker Engine comes to hosts that have none.',
      type: 'object',
      additionalProperties: false,
      properties: {
        source: {
          description:
            "Where Docker Engine is from: `distribution` takes the package of Debian or Ubuntu, `docker` takes Docker's own repository. Default: `distribution`.",
          type: 'string',
          enum: ['distribution', 'docker'],
          'x-write': '"distribution" or "docker"',
          examples: ['distribution'],
        },
        group_users: {
          description:
            'Users to add to the group docker on every host; members of it can become root. Default: none.',
          type: 'array',
          items: {
            type: 'string',
            minLength: 1,
            pattern: '^[A-Za-z_][A-Za-z0-9_.-]*\\$?$',
            'x-write': 'a user name',
            examples: ['cc'],
          },
          'x-write': 'a list of user names',
          examples: [['cc']],
        },
      },
      'x-write': 'an object',
      examples: [{ source: 'distribution' }],
    },
    images: {
      title: 'ImagesConfig',
      description:
        'Where hosts get the images from. Without it, images that this machine has are sent over SSH, and all others are pulled by name.',
      type: 'object',
      additionalProperties: false,
      properties: {
        registry: {
          description:
            'Registry, with a folder where it has one, that serves `<registry>/crossflock/executor` and so on: see `crossflock images push`.',
          type: 'string',
          minLength: 1,
          pattern: '^[a-z0-9][a-z0-9._-]*(:[0-9]+)?(/[a-z0-9._-]+)*$',
          'x-write': 'the address of a registry',
          examples: ['registry.example.org:5000', 'registry.example.org/lab'],
        },
      },
      'x-write': 'an object',
      examples: [{ registry: 'registry.example.org:5000' }],
    },
    weave: {
      title: 'WeaveConfig',
      description: 'Settings of the driver `weave`.',
      type: 'object',
      additionalProperties: false,
      properties: {
        password: {
          description:
            'Password that the peers share and that encrypts their traffic; better a reference to a secret.',
          $ref: '#/definitions/textOrSecret',
          examples: [{ $env: 'WEAVE_PASSWORD' }],
        },
        version: {
          description: 'Version of Weave Net. Default: 2.9.0, of the maintained fork.',
          type: 'string',
          minLength: 1,
          pattern: '^[0-9]+\\.[0-9]+\\.[0-9]+$',
          'x-write': 'a version',
          examples: ['2.9.0', '2.8.1'],
        },
        image_prefix: {
          description:
            'Where the images `weave`, `weaveexec` and `weavedb` are. Default: `rajchaudhuri` for 2.8.2 and later, `weaveworks` before.',
          type: 'string',
          minLength: 1,
          'x-write': "the first part of the images' names",
          examples: ['rajchaudhuri', 'registry.example.org/weave'],
        },
      },
      'x-write': 'an object',
      examples: [{ password: { $env: 'WEAVE_PASSWORD' } }],
    },
  },
};
