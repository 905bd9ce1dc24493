namespace MizarLab.DataPlane;

/// <summary>
/// An endpoint's class and priority (§2.2, §3.11) as upstream's packet metadata has them, a bit each, and the outer TOS they become. The agent
/// sends premium by the NIC itself; all else is handed to the host's bridge and its queues.
/// </summary>
public static class TrafficClass
{
    public const uint Premium = 0x0100_0000;
    public const uint Expedited = 0x0010_0000;
    public const uint BestEffort = 0x0001_0000;
    public const uint High = 0x100;
    public const uint Medium = 0x10;
    public const uint Low = 0x1;

    /// <summary>What everything is that has no class, or none of those that are known.</summary>
    public const byte DefaultTos = 0x28;

    /// <summary>
    /// The outer TOS, its ECN bits 0. BestEffort with Medium has a DSCP (0) and no arm in upstream's choice, so that it becomes premium (§8.1 P22)
    /// unless <see cref="Switches.BestEffortMedium"/> is on.
    /// </summary>
    public static byte TosOf(uint classAndPriority, bool hasBestEffortMedium) => classAndPriority switch
    {
        Premium | High => DefaultTos,
        Premium | Medium => 0x50,
        Premium | Low => 0x78,
        Expedited | High => 0xB8,
        Expedited | Medium => 0x80,
        Expedited | Low => 0x60,
        BestEffort | High => 0x40,
        BestEffort | Medium when hasBestEffortMedium => 0x00,
        BestEffort | Low => 0x20,
        _ => DefaultTos,
    };

    /// <summary>Whether a frame of this TOS leaves by the NIC without the host's queues.</summary>
    public static bool IsPremium(byte tos) => WithoutEcn(tos) is 0x28 or 0x50 or 0x78;

    public static bool IsExpedited(byte tos) => WithoutEcn(tos) is 0xB8 or 0x80 or 0x60;

    private static byte WithoutEcn(byte tos) => (byte)(tos & ~Ecn.Mask);
}
