using MizarLab.Scenarios.Shapes;
using MizarLab.Studies;

namespace MizarLab.Scenarios.Language;

/// <summary><c>overhead: { payload: 64 }</c>.</summary>
internal static class OverheadKeys
{
    /// <summary>What fits an underlay of 9000 bytes (spec 02 §2.7): 8886 of inner IP.</summary>
    private const int MostPayload = 8_886 - 28;

    private static readonly Key<int> Payload = Key.Needs("payload", new IntegerShape("a number of bytes", 1, MostPayload), "Bytes of UDP's payload.");
    private static readonly Key<bool> Line = Key.Has("line", Standard.OnOff, false, "Whether Ethernet's preamble, checksum and gap count, 24 bytes a frame.");

    private static readonly ChoiceShape<TunnelKind> Tunnels = new("a tunnel", ("mizar", TunnelKind.Mizar), ("vxlan", TunnelKind.Vxlan), ("none", TunnelKind.None));
    private static readonly Key<TunnelKind> Tunnel = Key.Has("tunnel", Tunnels, TunnelKind.Mizar, "Mizar's, by its program; VXLAN's 50 bytes, as of EVPN and of who floods (Geneve's too without options); or none.");

    public static readonly StudyKind Kind = new(
        new RecordShape("overhead", "What the tunnel costs on the wire.", Payload, Line, Tunnel),
        (fields, context) => new OverheadStudy(fields.Get(Payload), fields.Get(Line), fields.Get(Tunnel), context.Settings));
}
