namespace MizarLab.Workload.Tcp;

/// <summary>How a sender's window grows and shrinks.</summary>
public enum CongestionKind : byte
{
    /// <summary>RFC 5681 with the recovery of RFC 6582.</summary>
    NewReno,

    /// <summary>RFC 9438, what Linux has.</summary>
    Cubic,
}

/// <summary>What a stack's TCP does that its peer does not decide.</summary>
public sealed record TcpSettings
{
    public static readonly TcpSettings Default = new();

    public CongestionKind Congestion { get; init; } = CongestionKind.NewReno;

    /// <summary>Offers and accepts explicit congestion notification (RFC 3168).</summary>
    public bool Ecn { get; init; }

    /// <summary>Segments sent before the first acknowledgement (RFC 6928).</summary>
    public int InitialWindow { get; init; } = 10;
}
