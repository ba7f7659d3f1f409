/** Python that runs in containers of the tests; the image of the network has an interpreter. */

/** Answers each line of a connection with the same line, until the other side closes. */
export const ECHO = `
import socket
server = socket.create_server(("", 5001))
while True:
    connection, _ = server.accept()
    with connection, connection.makefile("rwb", buffering=0) as lines:
        for line in lines:
            lines.write(line)
`;

/** Sends each line of standard input over one connection and prints what comes back. */
export const TALK = `
import socket, sys
with socket.create_connection((sys.argv[1], 5001), timeout=30) as connection:
    lines = connection.makefile("rwb", buffering=0)
    print("connected", flush=True)
    for line in sys.stdin.buffer:
        lines.write(line)
        print(lines.readline().decode().strip(), flush=True)
`;

/** Looks at all packets of an interface until enough came: how many, and how many hold the text. */
export const CAPTURE = `
import socket, sys, time
packets = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
packets.bind((sys.argv[1], 0))
packets.settimeout(30)
print("listening", flush=True)
seen = plain = 0
while seen < 40:
    packet = packets.recv(65536)
    # Docker's own talk on other ports is not counted: WireGuard's port, and that of the echo.
    if packet[12:14] == b"\\x08\\x00" and (b"\\xca\\x6c" in packet[34:38] or b"\\x13\\x89" in packet[34:38]):
        seen += 1
        plain += sys.argv[2].encode() in packet
print(plain)
`;

/** Writes an ARP request of 172.16.0.99 into the network of a host from outside WireGuard. */
export const INJECT = `
import socket, struct, sys
address, port, vni = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
mac = b"\\x02\\x42\\xac\\x10\\x00\\x63"
arp = struct.pack(">HHBBH", 1, 0x800, 6, 4, 1) + mac + socket.inet_aton("172.16.0.99")
arp += bytes(6) + socket.inet_aton("172.16.0.2")
frame = b"\\xff" * 6 + mac + b"\\x08\\x06" + arp + bytes(18)
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for _ in range(3):
    sender.sendto(struct.pack(">BBHI", 8, 0, 0, vni << 8) + frame, (address, port))
`;
