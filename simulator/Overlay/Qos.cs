using MizarLab.DataPlane;

namespace MizarLab.Overlay;

/// <summary>An endpoint's class of service (spec §2.2). The numbers are those of upstream's packet metadata (§3.15).</summary>
public enum ServiceClass : uint
{
    /// <summary>What an endpoint has that names none: upstream's metadata are absent.</summary>
    Unset = 0,
    Premium = 0x0100_0000,
    Expedited = 0x0010_0000,
    BestEffort = 0x0001_0000,
}

/// <summary>Priority within a class.</summary>
public enum ServicePriority : uint
{
    Unset = 0,
    High = 0x100,
    Medium = 0x10,
    Low = 0x1,
}

/// <summary>What an endpoint may send: its class, and a token bucket; a rate of 0 is no limit.</summary>
public readonly record struct EndpointQos(ServiceClass Class, ServicePriority Priority, ulong BytesPerSecond, uint BurstBytes)
{
    /// <summary>As agents hold it (<see cref="AgentConfig.ClassAndPriority"/>): a class alone has high priority, a priority alone is premium's; neither is 0.</summary>
    public uint ClassAndPriority => (Class, Priority) switch
    {
        (ServiceClass.Unset, ServicePriority.Unset) => 0,
        (ServiceClass.Unset, _) => (uint)ServiceClass.Premium | (uint)Priority,
        (_, ServicePriority.Unset) => (uint)Class | (uint)ServicePriority.High,
        _ => (uint)Class | (uint)Priority,
    };
}
