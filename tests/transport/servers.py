"""Real servers on loopback, each at a free port, stopped by stop(). Every one keeps its files where the tests can see
and damage them: where(name) is the file that holds the stored object `name` of the mailbox `box`."""
import os, shutil, signal, socket, subprocess, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
MODULES = os.environ.get("VALISE_NODE_MODULES", os.path.expanduser("~/.cache/valise/node"))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port, process):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if process.poll() is not None:
                raise RuntimeError("the server ended: " + str(process.args))
            time.sleep(0.05)
    raise RuntimeError("the server does not listen: " + str(process.args))


def write(path, text, mode=0o600):
    with open(path, "w") as out:
        out.write(text)
    os.chmod(path, mode)
    return path


def certificate(folder):
    """A key and a certificate for loopback that is its own CA."""
    key, cert = os.path.join(folder, "tls.key"), os.path.join(folder, "tls.crt")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=EXAMPLE", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:mail.s3.localhost",
                    "-keyout", key, "-out", cert], check=True, capture_output=True)
    return key, cert


class Server:
    """kind, and words(port, box): what `remote add NAME` needs."""
    process = None
    http = False  # answers can be put into its plain connections

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="valise-server-", dir=self.base())
        self.root = os.path.join(self.folder, "root")
        os.mkdir(self.root)
        self.start()

    def base(self):
        return None

    def start(self):
        pass

    def box(self, box):
        os.makedirs(os.path.join(self.root, box), exist_ok=True)

    def where(self, box, name):
        return os.path.join(self.root, box, name)

    def listing(self, box):
        """Every stored object of a mailbox, by name."""
        found, base = {}, os.path.join(self.root, box)
        for folder, _, files in os.walk(base):
            for name in files:
                found[os.path.relpath(os.path.join(folder, name), base)] = os.path.join(folder, name)
        return found

    def stop(self):
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Folder(Server):
    port = None

    def words(self, port, box):
        return ["dir:" + os.path.join(self.root, box)]


class Nginx(Server):
    """WebDAV with TLS and basic authentication; a second port without TLS."""
    http = True

    def start(self):
        if not hasattr(self, "port"):
            self.port, self.plain_port = free_port(), free_port()
        self.key, self.cert = certificate(self.folder)
        self.password = write(os.path.join(self.folder, "password"), "dav secret 密\n")
        users = write(os.path.join(self.folder, "users"), "liaison:{PLAIN}dav secret 密\n", 0o644)
        location = f"""
            location / {{
              root {self.root};
              client_max_body_size 0;
              dav_methods PUT DELETE MKCOL;
              dav_ext_methods PROPFIND OPTIONS;
              auth_basic mail;
              auth_basic_user_file {users};
            }}
            location /elsewhere/ {{ return 301 https://127.0.0.1:{self.port}/; }}
            location /full/ {{ return 507; }}"""
        config = write(os.path.join(self.folder, "nginx.conf"), f"""
            load_module /usr/lib/nginx/modules/ngx_http_dav_ext_module.so;
            {"user root;" if os.geteuid() == 0 else ""}
            worker_processes auto;  # as in the configuration that Debian ships
            daemon off;
            pid {self.folder}/pid;
            error_log {self.folder}/error.log;
            events {{}}
            http {{
              access_log off;
              client_body_temp_path {self.folder}/body;
              proxy_temp_path {self.folder}/t1; fastcgi_temp_path {self.folder}/t2; uwsgi_temp_path {self.folder}/t3; scgi_temp_path {self.folder}/t4;
              server {{
                listen 127.0.0.1:{self.port} ssl;
                ssl_certificate {self.cert};
                ssl_certificate_key {self.key};
                {location}
              }}
              server {{ listen 127.0.0.1:{self.plain_port}; {location} }}
            }}""")
        self.process = subprocess.Popen(["nginx", "-c", config, "-e", os.path.join(self.folder, "error.log")])
        wait_for(self.port, self.process)

    def words(self, port, box):
        return [f"https://127.0.0.1:{port or self.port}/{box}", "--user", "liaison", "--password-file", self.password, "--ca", self.cert]

    def plain_words(self, port, box):
        return [f"http://127.0.0.1:{port or self.plain_port}/{box}", "--user", "liaison", "--password-file", self.password, "--allow-plain-http"]


class Sshd(Server):
    """OpenSSH, SFTP only; chrooted when it runs as root."""

    def base(self):
        return "/run" if os.geteuid() == 0 else None  # sshd wants no writable folder above a chroot

    def start(self):
        if not hasattr(self, "port"):
            self.port = free_port()
            os.chmod(self.folder, 0o755)
            for name in ("host", "user"):
                subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", os.path.join(self.folder, name)], check=True)
        self.key = os.path.join(self.folder, "user")
        shutil.copy(self.key + ".pub", os.path.join(self.folder, "authorized"))
        self.user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
        self.chroot = os.geteuid() == 0
        if self.chroot:
            os.makedirs("/run/sshd", exist_ok=True)
        config = write(os.path.join(self.folder, "sshd_config"), f"""
ListenAddress 127.0.0.1
Port {self.port}
HostKey {self.folder}/host
AuthorizedKeysFile {self.folder}/authorized
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
MaxStartups 100
PidFile none
Subsystem sftp internal-sftp
ForceCommand internal-sftp
{"ChrootDirectory " + self.root if self.chroot else ""}
""")
        self.process = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", config], stderr=open(os.path.join(self.folder, "log"), "w"))
        wait_for(self.port, self.process)

    def known_hosts(self, port, key="host"):
        with open(os.path.join(self.folder, key + ".pub")) as f:
            return write(os.path.join(self.folder, f"known-{port}-{key}"), f"[127.0.0.1]:{port} " + " ".join(f.read().split()[:2]) + "\n")

    def words(self, port, box):
        port = port or self.port
        path = box if self.chroot else os.path.join(self.root, box).lstrip("/")
        return [f"sftp://{self.user}@127.0.0.1:{port}/{path}", "--ssh-key", self.key, "--known-hosts", self.known_hosts(port)]


class S3(Server):
    """s3rver, with TLS; `plain` without. Its continuation tokens are DES, which OpenSSL 3 calls legacy."""
    http = True
    plain, any_signature = False, []
    port = 0

    def start(self):
        self.key, self.cert = certificate(self.folder)
        self.secret = write(os.path.join(self.folder, "secret"), "S3RVER\n")
        tls = [] if self.plain else [self.key, self.cert]
        self.process = subprocess.Popen(["node", "--openssl-legacy-provider", os.path.join(HERE, "s3_server.js"), MODULES, self.root, "mail", str(self.port)] + tls + self.any_signature, stdout=subprocess.PIPE)
        with self.process.stdout as out:
            line = out.readline()
        if not line.strip().isdigit():
            raise RuntimeError("the S3 server does not start; ./dev setup installs it")
        self.port = int(line)

    def restart(self):
        """On return what was on its way has come in whole, or never will."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        self.start()

    def box(self, box):
        pass

    def words(self, port, box):
        scheme = "http" if self.plain else "https"
        return [f"s3:{scheme}://127.0.0.1:{port or self.port}/mail/{box}"] + self.key_words()

    def key_words(self):
        return ["--s3-key-id", "S3RVER", "--s3-secret-file", self.secret] + (["--allow-plain-http"] if self.plain else ["--ca", self.cert])

    def where(self, box, name):
        return os.path.join(self.root, "mail", box, name) + "._S3rver_object"

    def listing(self, box):
        ending = "._S3rver_object"
        return {name[:-len(ending)]: path for name, path in super().listing(os.path.join("mail", box)).items() if name.endswith(ending)}


class PlainS3(S3):
    plain = True


class VirtualHostS3(S3):
    """The bucket in the host's name."""
    any_signature = ["any"]

    def words(self, port, box):
        return [f"s3://mail.s3.localhost:{port or self.port}/{box}", "--s3-virtual-host"] + self.key_words()
