namespace MizarLab.Workload;

/// <summary>Where a stack's frames go.</summary>
public interface INetworkPort
{
    /// <summary>Takes a whole frame; the span is the caller's again afterwards.</summary>
    void Transmit(ReadOnlySpan<byte> frame);
}
