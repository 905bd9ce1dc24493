using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>ARP: the ladder both programs read it by (§3.3, §3.8 row 1), and transit's answer (§3.8).</summary>
internal static class ArpFunction
{
    /// <summary>Whether this is ARP of Ethernet for IPv4, a request or a reply. The length bytes are ignored without <see cref="Switches.StrictParsing"/>.</summary>
    /// <param name="arp">From the ARP header on, as much as there is.</param>
    /// <param name="bytes">The same by the frame's own account.</param>
    /// <param name="refused">The verdict when it is not.</param>
    public static bool TryRead(ReadOnlySpan<byte> arp, int bytes, DataPlaneSettings settings, out ProgramResult refused)
    {
        if (arp.Length < Wire.Arp.FixedLength)
        {
            refused = Answer.Aborted(Reason.ShortArp);
            return false;
        }
        if (Wire.Read16(arp, Wire.Arp.Hardware) != Wire.Arp.EthernetHardware
            || Wire.Read16(arp, Wire.Arp.Protocol) != (ushort)EtherType.Ipv4
            || Wire.Read16(arp, Wire.Arp.Opcode) is not (Wire.Arp.Request or Wire.Arp.Reply))
        {
            refused = Answer.Drop(Reason.ArpRefused);
            return false;
        }
        if (arp.Length < Wire.Arp.Length)
        {
            refused = Answer.Aborted(Reason.ShortArp);
            return false;
        }
        refused = Answer.Drop(Reason.ArpRefused);
        return !settings.Has(Switches.StrictParsing) || StrictParsing.AreArpLengthsSound(arp, bytes);
    }

    /// <summary>
    /// Transit's part: a request for an endpoint we know and do not host is answered in place and goes back to the requester; anything
    /// else goes on like unicast.
    /// </summary>
    public static ProgramResult Transit(ref TransitFrame transit)
    {
        Span<byte> arp = transit.Inner[Wire.Ethernet.Length..];
        DataPlaneSettings settings = transit.Settings;
        if (!TryRead(arp, transit.InnerBytes - Wire.Ethernet.Length, settings, out ProgramResult refused))
        {
            return refused;
        }
        Ipv4Address sender = Ipv4Address.Read(arp[Wire.Arp.SenderAddress..]);
        Ipv4Address target = Ipv4Address.Read(arp[Wire.Arp.TargetAddress..]);
        if (settings.Has(Switches.DirectPathInvalidation) && RtsOption.IsReturned(transit.Head))
        {
            return ReturnedFrame.Repair(ref transit, sender, target);
        }
        if (Wire.Read16(arp, Wire.Arp.Opcode) != Wire.Arp.Request
            || !transit.Tables.Endpoints.TryGet(new EndpointKey(transit.Vni, target), out EndpointValue endpoint)
            || endpoint.IsHosted)
        {
            return SwitchFunction.Run(ref transit, sender, target, sender);
        }
        WriteReply(transit.Inner, arp, sender, target, endpoint.Mac);
        if (endpoint.Type != EndpointType.Simple)
        {
            RtsOption.Reset(transit.Head, settings);
        }
        else if (!NameHost(ref transit, in endpoint))
        {
            return Answer.Drop(Reason.NoSubstrate);
        }
        transit.ClearFlags();
        return SwitchFunction.Run(ref transit, target, sender, target);
    }

    private static void WriteReply(Span<byte> inner, Span<byte> arp, Ipv4Address sender, Ipv4Address target, MacAddress mac)
    {
        Wire.Write16(arp, Wire.Arp.Opcode, Wire.Arp.Reply);
        arp.Slice(Wire.Arp.SenderMac, 6).CopyTo(arp[Wire.Arp.TargetMac..]);
        mac.Write(arp[Wire.Arp.SenderMac..]);
        target.Write(arp[Wire.Arp.SenderAddress..]);
        sender.Write(arp[Wire.Arp.TargetAddress..]);
        mac.Write(inner[Wire.Ethernet.Source..]);
    }

    /// <summary>
    /// Tells the requester where the endpoint lives, so that it need not come by again. Type and length stay: the answer to a request whose
    /// RTS was reset is never learned.
    /// </summary>
    private static bool NameHost(ref TransitFrame transit, in EndpointValue endpoint)
    {
        Ipv4Address host = endpoint.Remotes.Count > 0 ? endpoint.Remotes[0] : Ipv4Address.Any;
        if (!transit.Tables.TryResolve(host, out MacAddress mac))
        {
            return false;
        }
        RtsOption.WriteHost(transit.Head, new HostAddress(host, mac));
        return true;
    }
}
