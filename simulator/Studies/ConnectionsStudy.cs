using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Studies;

/// <summary>
/// A scan against a server's connection table (spec 09 Q20). The server may be reached at one port and may send nothing of its own accord, so that its answers pass only as those of a tracked connection.
/// Clients connect; a scanner knocks at another port, which policy denies; then the server answers every client. Upstream remembers denials too: with C rows, N connections and k knocks
/// min(N, max(0, N + k − C)) answers are cut when the youngest connection is answered first; and all, as soon as one is, when the oldest is, for each answer that is cut makes a
/// row as well, in the place of the next.
/// </summary>
/// <param name="capacity">Rows of each droplet's connection table.</param>
/// <param name="connections">Established, each from a port of its own.</param>
/// <param name="knocks">Denied, each from a port of its own.</param>
/// <param name="oldestFirst">Which connection is answered first.</param>
/// <param name="settings">With <see cref="Switches.ConnectionState"/> only what is allowed is kept.</param>
public sealed class ConnectionsStudy(int capacity, int connections, int knocks, bool oldestFirst, DataPlaneSettings settings) : IStudy
{
    private const ushort OpenPort = 80, ClosedPort = 81;
    private const ushort FirstPort = 1_024;

    /// <summary>The server's port has this many clients' ports at most.</summary>
    public const int Most = ushort.MaxValue - FirstPort;

    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("cut", "", "Share of connections whose answer the server's host stopped"),
        new("rows", "", "Rows of the server's connection table after the scan"),
        new("let_in", "frames", "Knocks that reached the server"),
    ];

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => true;

    public StudyResult Run(in StudyRun run)
    {
        StudyNet net = new();
        DropletId bouncer = net.Droplet(), divider = net.Droplet(), serverHost = net.Droplet(), clientHost = net.Droplet(), scannerHost = net.Droplet();
        VpcId vpc = net.Vpc(divider);
        NetworkId network = net.Network(vpc, bouncer);
        EndpointId server = net.Endpoint(network, serverHost), client = net.Endpoint(network, clientHost), scanner = net.Endpoint(network, scannerHost);
        PolicyRule open = new([], [new PolicyPort(IpProtocol.Tcp, OpenPort)]);
        net.Policy(new Policy("", vpc, new PolicySubject([server], LabelSet.Empty, LabelSet.Empty), [open], [], Initially: true));
        RunningNet running = net.Begin(settings, sizes: TableSizes.Of(settings.Dialect) with { Connections = capacity });

        SendAll(net, running, client, net.AddressOf(server), OpenPort, connections, TcpFlags.Syn, run.Cancel);
        long before = running.Delivered;
        SendAll(net, running, scanner, net.AddressOf(server), ClosedPort, knocks, TcpFlags.Syn, run.Cancel);
        long letIn = running.Delivered - before;
        int rows = running.Model.Rows(serverHost, Tables.Connections).Count;
        before = running.Delivered;
        for (int i = 0; i < connections; i++)
        {
            int connection = oldestFirst ? i : connections - 1 - i;
            running.Send(server, net.Segment(server, net.AddressOf(client), OpenPort, (ushort)(FirstPort + connection), TcpFlags.Syn | TcpFlags.Ack));
            running.Settle(run.Cancel);
        }
        return StudyResult.Of(1 - ((running.Delivered - before) / (double)connections), rows, letIn);
    }

    private static void SendAll(StudyNet net, RunningNet running, EndpointId from, Ipv4Address to, ushort port, int count, TcpFlags flags, CancellationToken cancel)
    {
        for (int i = 0; i < count; i++)
        {
            running.Send(from, net.Segment(from, to, (ushort)(FirstPort + i), port, flags));
            running.Settle(cancel);
        }
    }
}
