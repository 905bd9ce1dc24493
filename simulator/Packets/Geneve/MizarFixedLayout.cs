using System.Buffers.Binary;

namespace MizarLab.Packets;

/// <summary>
/// Mizar's options as upstream lays them out: always four, always 64 bytes, at fixed offsets from the end of the Geneve base
/// header (spec §2.5). Upstream stores its class constant 0x0111 without byte swapping, so the wire reads 11 01. A reset or idle
/// option keeps its place and its class, but type, length and data are 0: an RFC 8926 parser loses its way there.
/// </summary>
public static class MizarFixedLayout
{
    /// <summary>The class as a big-endian number: the two bytes 11 01.</summary>
    public const ushort ClassOnWire = 0x1101;

    /// <summary>Bytes of the four options.</summary>
    public const int Length = 64;

    /// <summary>The option length a Geneve base header carries for them, in words.</summary>
    public const byte Words = Length / 4;

    public const int RtsOffset = 0;
    public const int RtsFlagsOffset = 4;
    public const int RtsHostOffset = 5;
    public const int RtsMacOffset = 9;
    public const int RtsPaddingOffset = 15;
    public const int ScaledOffset = 16;
    public const int ScaledMessageOffset = 20;
    public const int ScaledSourceOffset = 21;
    public const int ScaledDestinationOffset = 25;
    public const int ScaledSourcePortOffset = 29;
    public const int ScaledDestinationPortOffset = 31;
    public const int ScaledInnerSourceOffset = 33;
    public const int ScaledInnerDestinationOffset = 39;
    public const int ScaledPaddingOffset = 45;
    public const int PodLabelOffset = 48;
    public const int NamespaceLabelOffset = 56;

    /// <summary>From the start of an option to its type, its length and its data.</summary>
    public const int TypeInOption = 2;

    public const int LengthInOption = 3;

    public const int DataInOption = 4;

    /// <summary>Data of RTS, scaled and label options in words.</summary>
    internal const byte RtsWords = 3;
    internal const byte ScaledWords = 7;
    internal const byte LabelWords = 1;

    /// <summary>Writes all 64 bytes. Labels are in the sender's byte order, and senders are little-endian.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="destination"/> is shorter than 64 bytes.</exception>
    public static void Write(in MizarOptions options, Span<byte> destination)
    {
        destination = destination[..Length];
        destination.Clear();
        WriteRts(options.Rts, destination[RtsOffset..]);
        WriteScaled(options.Scaled, destination);
        WriteHeader(destination[PodLabelOffset..], MizarOptions.PodLabelType, LabelWords);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[(PodLabelOffset + DataInOption)..], options.PodLabel);
        WriteHeader(destination[NamespaceLabelOffset..], MizarOptions.NamespaceLabelType, LabelWords);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[(NamespaceLabelOffset + DataInOption)..], options.NamespaceLabel);
    }

    /// <summary>
    /// Reads as upstream's receivers do: by offset, comparing classes, and the labels' types; an RTS or scaled option counts as
    /// present by its type. Lengths are not looked at.
    /// </summary>
    /// <returns>False when fewer than 64 bytes are there, or a class or label type is another.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out MizarOptions options)
    {
        options = default;
        if (bytes.Length < Length
            || !HasClass(bytes, RtsOffset) || !HasClass(bytes, ScaledOffset)
            || !HasClass(bytes, PodLabelOffset) || bytes[PodLabelOffset + TypeInOption] != MizarOptions.PodLabelType
            || !HasClass(bytes, NamespaceLabelOffset) || bytes[NamespaceLabelOffset + TypeInOption] != MizarOptions.NamespaceLabelType)
        {
            return false;
        }
        options = new MizarOptions(
            ReadRts(bytes),
            ReadScaled(bytes),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[(PodLabelOffset + DataInOption)..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[(NamespaceLabelOffset + DataInOption)..]));
        return true;
    }

    private static bool HasClass(ReadOnlySpan<byte> bytes, int option) =>
        BinaryPrimitives.ReadUInt16BigEndian(bytes[option..]) == ClassOnWire;

    private static RtsOption? ReadRts(ReadOnlySpan<byte> bytes) =>
        bytes[RtsOffset + TypeInOption] != MizarOptions.RtsType
            ? null
            : new RtsOption(
                Ipv4Address.Read(bytes[RtsHostOffset..]), MacAddress.Read(bytes[RtsMacOffset..]), (bytes[RtsFlagsOffset] & 1) != 0);

    private static ScaledOption? ReadScaled(ReadOnlySpan<byte> bytes) =>
        bytes[ScaledOffset + TypeInOption] != MizarOptions.ScaledType || bytes[ScaledMessageOffset] != ScaledOption.Modify
            ? null
            : new ScaledOption(
                Ipv4Address.Read(bytes[ScaledSourceOffset..]),
                Ipv4Address.Read(bytes[ScaledDestinationOffset..]),
                BinaryPrimitives.ReadUInt16BigEndian(bytes[ScaledSourcePortOffset..]),
                BinaryPrimitives.ReadUInt16BigEndian(bytes[ScaledDestinationPortOffset..]),
                MacAddress.Read(bytes[ScaledInnerSourceOffset..]),
                MacAddress.Read(bytes[ScaledInnerDestinationOffset..]));

    private static void WriteRts(RtsOption? rts, Span<byte> bytes)
    {
        WriteHeader(bytes, rts is null ? (byte)0 : MizarOptions.RtsType, rts is null ? (byte)0 : RtsWords);
        if (rts is { } option)
        {
            bytes[RtsFlagsOffset] = option.MatchFlow ? (byte)1 : (byte)0;
            option.Host.Write(bytes[RtsHostOffset..]);
            option.Mac.Write(bytes[RtsMacOffset..]);
        }
    }

    private static void WriteScaled(ScaledOption? scaled, Span<byte> bytes)
    {
        WriteHeader(bytes[ScaledOffset..], scaled is null ? (byte)0 : MizarOptions.ScaledType, scaled is null ? (byte)0 : ScaledWords);
        if (scaled is { } option)
        {
            bytes[ScaledMessageOffset] = ScaledOption.Modify;
            option.Source.Write(bytes[ScaledSourceOffset..]);
            option.Destination.Write(bytes[ScaledDestinationOffset..]);
            BinaryPrimitives.WriteUInt16BigEndian(bytes[ScaledSourcePortOffset..], option.SourcePort);
            BinaryPrimitives.WriteUInt16BigEndian(bytes[ScaledDestinationPortOffset..], option.DestinationPort);
            option.InnerSource.Write(bytes[ScaledInnerSourceOffset..]);
            option.InnerDestination.Write(bytes[ScaledInnerDestinationOffset..]);
        }
    }

    private static void WriteHeader(Span<byte> option, byte type, byte words)
    {
        BinaryPrimitives.WriteUInt16BigEndian(option, ClassOnWire);
        option[TypeInOption] = type;
        option[LengthInOption] = words;
    }
}
