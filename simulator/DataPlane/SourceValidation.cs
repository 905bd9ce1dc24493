using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// Whether a frame's source is the endpoint's own (<see cref="Switches.SourceValidation"/>). Upstream does not look (§8.1 P1): an endpoint may send as
/// any other, past the policy that is keyed by its address, and every receiver learns a path to it for the address it claimed.
/// </summary>
internal static class SourceValidation
{
    public static bool IsOwn(ref AgentFrame run, Ipv4Address source) => HasOwnMac(ref run) && source == run.Config.Address;

    /// <summary>What the endpoint sends that stands for the outside is of any source outside.</summary>
    public static bool IsOutsiders(ref AgentFrame run, Ipv4Address source) => HasOwnMac(ref run) && Outside.MaySendAs(run.Tables, run.Config.Vni, source);

    /// <param name="arp">From the ARP header on; whole.</param>
    /// <param name="sender">Its sender's address: the endpoint's, or 0.0.0.0 in a probe (RFC 5227).</param>
    public static bool IsOwnArp(ref AgentFrame run, ReadOnlySpan<byte> arp, Ipv4Address sender) =>
        HasOwnMac(ref run)
        && MacAddress.Read(arp[Wire.Arp.SenderMac..]) == run.Config.EndpointMac
        && (sender == run.Config.Address || sender == Ipv4Address.Any);

    private static bool HasOwnMac(ref AgentFrame run) => MacAddress.Read(run.Head[Wire.Ethernet.Source..]) == run.Config.EndpointMac;
}
