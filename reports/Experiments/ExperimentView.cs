using MizarLab.Observation;

namespace MizarLab.Reports.Experiments;

/// <summary>All the page shows.</summary>
/// <param name="Figure">Null when the file asks for none.</param>
public sealed record ExperimentView(ExperimentSummary Summary, Manifest Manifest, FigureResult? Figure);
