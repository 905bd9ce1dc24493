using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>The return-to-source option in a frame (§2.5, §3.7): which host to send to for the inner source. Spans begin at the frame.</summary>
internal static class RtsOption
{
    /// <summary>The host it names; false when it was reset.</summary>
    /// <remarks>Upstream resets the type too, by which conforming parsers lose their place (§8.1 P19); <see cref="Switches.StandardOptions"/>: only the host.</remarks>
    public static bool TryRead(ReadOnlySpan<byte> frame, DataPlaneSettings settings, out HostAddress host)
    {
        ReadOnlySpan<byte> rts = frame.Slice(Wire.Outer.Rts, Wire.Rts.Length);
        host = new HostAddress(Ipv4Address.Read(rts[Wire.Rts.HostAddress..]), MacAddress.Read(rts[Wire.Rts.HostMac..]));
        return rts[Wire.Option.Type] == Wire.Rts.Type && (host.Address != Ipv4Address.Any || !settings.Has(Switches.StandardOptions));
    }

    /// <summary>Replaces the host only; type and length stay as they are, also when the option was reset.</summary>
    public static void WriteHost(Span<byte> frame, in HostAddress host)
    {
        host.Address.Write(frame[(Wire.Outer.Rts + Wire.Rts.HostAddress)..]);
        host.Mac.Write(frame[(Wire.Outer.Rts + Wire.Rts.HostMac)..]);
    }

    /// <summary>
    /// Makes the option say nothing: no flags, no host. Upstream resets type and length too; with <see cref="Switches.StandardOptions"/> the type is the
    /// option's own, and the length stays. Class and the three reserved bits stay as received.
    /// </summary>
    public static void Reset(Span<byte> frame, DataPlaneSettings settings)
    {
        Span<byte> rts = frame.Slice(Wire.Outer.Rts, Wire.Rts.Length);
        if (settings.Has(Switches.StandardOptions))
        {
            rts[Wire.Option.Type] = Wire.Rts.Type;
        }
        else
        {
            rts[Wire.Option.Type] = 0;
            rts[Wire.Option.Words] &= unchecked((byte)~Wire.Option.WordsMask);
        }
        rts[Wire.Option.Data..].Clear();
    }

    /// <summary>
    /// The same for a frame that a scaled endpoint turns round, and which is the client's all the same: of the flags stays that it has changed network, with
    /// <see cref="Switches.InnerTtl"/>.
    /// </summary>
    public static void ResetTurned(Span<byte> frame, DataPlaneSettings settings)
    {
        RtsFlags flags = settings.Has(Switches.InnerTtl) ? Flags(frame) & RtsFlags.Routed : RtsFlags.None;
        Reset(frame, settings);
        SetFlags(frame, flags);
    }

    /// <summary>The flags some switch uses; the others are neither read nor written.</summary>
    public static RtsFlags FlagsOf(DataPlaneSettings settings) =>
        (settings.Has(Switches.DirectPathInvalidation) ? RtsFlags.Direct : 0)
        | (settings.Has(Switches.InnerTtl) ? RtsFlags.Routed : 0)
        | (settings.Has(Switches.LoopGuard) ? RtsFlags.Divided : 0)
        | (settings.Has(Switches.InnerTtl | Switches.DirectAcrossNetworks) ? RtsFlags.Substituted : 0);

    public static RtsFlags Flags(ReadOnlySpan<byte> frame) => (RtsFlags)frame[Wire.Outer.Rts + Wire.Rts.Flags];

    public static void SetFlags(Span<byte> frame, RtsFlags flags) => frame[Wire.Outer.Rts + Wire.Rts.Flags] = (byte)flags;

    /// <summary>Whether a droplet sent it back, whose endpoint is not there any more: Geneve's critical bit (§8.1 P4).</summary>
    public static bool IsReturned(ReadOnlySpan<byte> frame) => frame[Wire.Outer.Rts + Wire.Option.Type] == Wire.Rts.ReturnedType;
}
