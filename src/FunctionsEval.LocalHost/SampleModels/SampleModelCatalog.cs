using System.Diagnostics.CodeAnalysis;

namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>The sample models, trained on the training files of the suites. No test file is read.</summary>
internal sealed class SampleModelCatalog
{
    /// <summary>How many training rows the baseline of the ticket classifier sees.</summary>
    public const int BaselineTickets = 24;

    /// <summary>How many training rows the baseline of the order extractor sees.</summary>
    public const int BaselineOrders = 12;

    /// <summary>How many training rows the baseline of the harbour office sees.</summary>
    public const int BaselineTurns = 40;

    /// <summary>How many training rows the baselines of the fault reports and of the rents see.</summary>
    public const int BaselineRows = 30;

    /// <summary>How many training rows the baseline that gives advice sees: one of each problem.</summary>
    public const int BaselinePairs = 10;

    /// <summary>The biases towards early sentences that training chooses from.</summary>
    private static readonly double[] LeadBiases = [0, 0.5, 1, 2];

    private readonly Dictionary<string, ISampleModel> _models;

    private SampleModelCatalog(IEnumerable<ISampleModel> models)
    {
        _models = models.ToDictionary(model => model.Id, StringComparer.Ordinal);
        Ids = [.. _models.Keys];
    }

    public IReadOnlyList<string> Ids { get; }

    public static async Task<SampleModelCatalog> TrainAsync(string samplesDirectory, CancellationToken cancellationToken)
    {
        var tickets = await TrainingFiles.ReadTicketsAsync(samplesDirectory, cancellationToken);
        var orders = await TrainingFiles.ReadOrdersAsync(samplesDirectory, cancellationToken);
        var articles = await TrainingFiles.ReadArticlesAsync(samplesDirectory, cancellationToken);
        var texts = await TrainingFiles.ReadTextsAsync(samplesDirectory, cancellationToken);
        var turns = await TrainingFiles.ReadHarbourAsync(samplesDirectory, cancellationToken);
        var faults = await TrainingFiles.ReadFaultsAsync(samplesDirectory, cancellationToken);
        var rents = await TrainingFiles.ReadRentsAsync(samplesDirectory, cancellationToken);
        var pairs = await TrainingFiles.ReadPairsAsync(samplesDirectory, cancellationToken);
        return new SampleModelCatalog([
            new ClassifierModel("tickets-tuned", NaiveBayesClassifier.Train(tickets)),
            new ClassifierModel("tickets-base", NaiveBayesClassifier.Train([.. tickets.Take(BaselineTickets)])),
            SummaryModel.Train("summary-textrank", [.. LeadBiases.Select(bias => new TextRankSummariser(bias))], articles),
            SummaryModel.Train("summary-lead", [new LeadSummariser()], articles),
            new LanguageModel("lm-trigram", NgramLanguageModel.Train(texts, order: 3)),
            new LanguageModel("lm-unigram", NgramLanguageModel.Train(texts, order: 1)),
            HarbourModel.Train("harbour-tuned", turns),
            HarbourModel.Train("harbour-base", [.. turns.Take(BaselineTurns)]),
            OrderModel.Train("orders-tuned", orders),
            OrderModel.Train("orders-base", [.. orders.Take(BaselineOrders)]),
            LabelSetModel.Train("faults-tuned", faults),
            LabelSetModel.Train("faults-base", [.. faults.Take(BaselineRows)]),
            NumberModel.Train("rent-tuned", rents),
            NumberModel.Train("rent-base", [.. rents.Take(BaselineRows)]),
            new AdviceModel("advice-tuned", [.. pairs.Select(pair => new AnsweredQuestion(pair.Question, pair.Preferred))]),
            new AdviceModel("advice-base", [.. pairs.Take(BaselinePairs).Select(pair => new AnsweredQuestion(pair.Question, pair.Other))]),
            new PairJudge(),
        ]);
    }

    public bool TryGet(string id, [NotNullWhen(true)] out ISampleModel? model) => _models.TryGetValue(id, out model);
}
