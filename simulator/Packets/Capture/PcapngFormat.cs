namespace MizarLab.Packets;

/// <summary>Numbers of the pcapng file format (IETF draft-ietf-opsawg-pcapng) that writer and reader share.</summary>
internal static class PcapngFormat
{
    public const uint SectionHeader = 0x0A0D0D0A;
    public const uint InterfaceDescription = 1;
    public const uint SimplePacket = 3;
    public const uint EnhancedPacket = 6;

    /// <summary>Written in the section's byte order; read the other way round it says the section has the other order.</summary>
    public const uint ByteOrderMagic = 0x1A2B3C4D;

    public const ushort EndOfOptions = 0;
    public const ushort Comment = 1;
    public const ushort SectionApplication = 4;
    public const ushort InterfaceName = 2;
    public const ushort InterfaceNote = 3;
    public const ushort InterfaceResolution = 9;
    public const ushort InterfaceOffset = 14;

    /// <summary>Block type, total length, and total length again.</summary>
    public const int BlockOverhead = 12;

    public const int SectionFixed = 16;
    public const int InterfaceFixed = 8;
    public const int EnhancedFixed = 20;
    public const int SimpleFixed = 4;

    /// <summary>10⁻⁹ s.</summary>
    public const byte Nanoseconds = 9;

    /// <summary>Without the option, 10⁻⁶ s.</summary>
    public const byte DefaultResolution = 6;

    public static int Padded(int length) => (length + 3) & ~3;
}
