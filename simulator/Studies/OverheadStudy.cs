using System.Collections.Immutable;
using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Studies;

/// <summary>What an endpoint's frame is put into.</summary>
public enum TunnelKind : byte
{
    /// <summary>Geneve with Mizar's options, by the agent's program.</summary>
    Mizar,

    /// <summary>As EVPN's hosts and who floods have it.</summary>
    Vxlan,

    /// <summary>Nothing: a network of routes.</summary>
    None,
}

/// <summary>
/// What the tunnel costs on the wire (spec 09 Q38, 02 §2.7): a datagram of a size leaves its endpoint, its agent encapsulates it, and what comes out is weighed. Ethernet's preamble, checksum and
/// gap are counted where <paramref name="onTheLine"/> says so.
/// </summary>
/// <param name="payload">Bytes of UDP's payload.</param>
/// <param name="onTheLine">With the 24 bytes a link adds to each frame.</param>
/// <param name="tunnel">Mizar's, or what others put before a frame.</param>
/// <param name="settings">Of the data plane.</param>
public sealed class OverheadStudy(int payload, bool onTheLine, TunnelKind tunnel, DataPlaneSettings settings) : IStudy
{
    /// <summary>Ethernet 14, IPv4 20, UDP 8, VXLAN 8 (RFC 7348 §5); as much as Geneve takes without options (RFC 8926 §3).</summary>
    private const int VxlanBytes = 14 + 20 + 8 + 8;

    /// <summary>Preamble and start 8, checksum 4, gap 12 (IEEE 802.3).</summary>
    private const int LineBytes = 24;

    public static readonly ImmutableArray<StudyMeasure> All =
    [
        new("bytes", "B", "Bytes on the wire"),
        new("tunnel", "B", "Of them, what the tunnel added to the endpoint's frame"),
        new("efficiency", "", "Payload over bytes on the wire"),
        new("against_plain", "", "Bytes without the tunnel over bytes with it"),
    ];

    public ImmutableArray<StudyMeasure> Measures => All;

    public bool IsExact => true;

    public StudyResult Run(in StudyRun run)
    {
        StudyNet net = new();
        DropletId host = net.Droplet(), relay = net.Droplet();
        NetworkId network = net.Network(net.Vpc(relay), relay);
        EndpointId from = net.Endpoint(network, host), to = net.Endpoint(network, relay);
        ModelDataPlane model = net.Begin(settings).Model;
        Frame frame = Frame.FromBytes(net.Datagram(from, net.AddressOf(to), 4_000, 53, payload));
        int plain = frame.Length;
        if (tunnel == TunnelKind.Mizar && model.Run(host, ProgramId.Agent, new AgentId(1), ref frame).Verdict != Verdict.Redirect)
        {
            return StudyResult.Of(double.NaN, double.NaN, double.NaN, double.NaN);
        }
        int added = tunnel switch { TunnelKind.Mizar => frame.Length - plain, TunnelKind.Vxlan => VxlanBytes, _ => 0 };
        int line = onTheLine ? LineBytes : 0;
        double bytes = plain + added + line;
        return StudyResult.Of(bytes, added, payload / bytes, (plain + line) / bytes);
    }
}
