using MizarLab.Packets;

namespace MizarLab.DataPlane;

/// <summary>
/// The scaled-endpoint option in a frame (§2.5): how the bouncer of a scaled endpoint tells the client's host to modify the flow. Spans begin at the frame.
/// </summary>
internal static class ScaledOption
{
    /// <summary>Whether the client's host is asked to modify the flow. Neither the length nor, past the ladder, the class is looked at.</summary>
    public static bool AsksToModify(ReadOnlySpan<byte> frame) =>
        frame[Wire.Outer.Scaled + Wire.Option.Type] == Wire.Scaled.Type && frame[Wire.Outer.Scaled + Wire.Scaled.Message] == Wire.Scaled.Modify;

    /// <summary>What the flow becomes.</summary>
    public static NatValue Read(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> option = frame.Slice(Wire.Outer.Scaled, Wire.Scaled.Length);
        return new NatValue(
            Ipv4Address.Read(option[Wire.Scaled.Source..]),
            Ipv4Address.Read(option[Wire.Scaled.Destination..]),
            Wire.Read16(option, Wire.Scaled.SourcePort),
            Wire.Read16(option, Wire.Scaled.DestinationPort),
            MacAddress.Read(option[Wire.Scaled.SourceMac..]),
            MacAddress.Read(option[Wire.Scaled.DestinationMac..]));
    }

    /// <summary>Asks the client's host. Class, the three reserved bits and the padding stay as received.</summary>
    public static void Write(Span<byte> frame, in NatValue target)
    {
        Span<byte> option = frame.Slice(Wire.Outer.Scaled, Wire.Scaled.Length);
        option[Wire.Option.Type] = Wire.Scaled.Type;
        option[Wire.Option.Words] = (byte)((option[Wire.Option.Words] & ~Wire.Option.WordsMask) | Wire.Scaled.Words);
        option[Wire.Scaled.Message] = Wire.Scaled.Modify;
        target.Source.Write(option[Wire.Scaled.Source..]);
        target.Destination.Write(option[Wire.Scaled.Destination..]);
        Wire.Write16(option, Wire.Scaled.SourcePort, target.SourcePort);
        Wire.Write16(option, Wire.Scaled.DestinationPort, target.DestinationPort);
        target.SourceMac.Write(option[Wire.Scaled.SourceMac..]);
        target.DestinationMac.Write(option[Wire.Scaled.DestinationMac..]);
    }

    /// <summary>
    /// Makes the option say nothing. Upstream's has then no type and no length, though its data follow (§8.1 P19); with <see cref="Switches.StandardOptions"/>
    /// both stay and the data are zeros.
    /// </summary>
    public static void Reset(Span<byte> frame, DataPlaneSettings settings)
    {
        Span<byte> option = frame.Slice(Wire.Outer.Scaled, Wire.Scaled.Length);
        if (!settings.Has(Switches.StandardOptions))
        {
            option[Wire.Option.Type] = 0;
            option[Wire.Option.Words] &= unchecked((byte)~Wire.Option.WordsMask);
        }
        option[Wire.Option.Data..].Clear();
    }
}
